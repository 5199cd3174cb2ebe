# report_page.py
# What a reader finds in the page: boots by capture, findings with their frames, medians
#
# SPDX-License-Identifier: GPL-2.0-or-later

import lxml.html

COLUMNS = ["Boot", "Target", "Outcome", "Worst finding", "Certainty", "Start s",
           "Phase 1 s", "Phase 2 s", "Phase 3 s", "Phase 4 s"]


def words(element):
    return " ".join(" ".join(element.itertext()).split())


class Page:
    def __init__(self, path):
        self.root = lxml.html.document_fromstring(path.read_bytes())
        sections = self.root.xpath("//section[@id='outcomes']/div[@class='capture']")
        self.captures = {words(section.find("h3")): section for section in sections}

    def boots(self, capture):
        """The rows of a capture, by boot number; each a dictionary by column, and its anchor."""
        rows = {}
        for row in self.captures[capture].xpath(".//table[starts-with(@class, 'boots')]/tbody/tr"):
            for button in row.iter("button"):
                button.drop_tree()
            cells = dict(zip(COLUMNS, row.findall("td"), strict=True))
            shown = {column: words(cell) for column, cell in cells.items()}
            [outcome] = cells["Outcome"].xpath("./span[@class='text']")
            shown["Target"], *shown["addresses"] = [part.strip() for part in cells["Target"].itertext() if part.strip()]
            shown["Outcome"] = words(outcome)
            shown["Worst finding"] = shown["Worst finding"].split()[-1]
            shown["Start s"] = shown["Start s"].split()[0]
            shown["severity"] = row.get("class")
            shown["anchor"] = row.get("id")
            rows[int(shown["Boot"])] = shown
        return rows

    def findings(self):
        """All findings that the page tells: (anchor of the boot, name, frame), as often as it tells them."""
        return [(row.get("data-boot"), article.get("id"), int(frame.text))
                for article in self.root.xpath("//section[@id='findings']/article")
                for row in article.xpath(".//tbody/tr")
                for frame in row.xpath(".//*[contains(concat(' ', @class, ' '), ' frame ')]")]

    def downloads(self, capture):
        """The files and their sizes, as the table of downloads shows them."""
        shown = []
        for section in self.root.xpath("//section[@id='reads']/div[@class='capture']"):
            if [words(title) for title in section.xpath("./h3")] in ([capture], []):
                for row in section.xpath(".//table[starts-with(@class, 'streams')]/tbody/tr"):
                    cells = row.findall("td")
                    files = [words(one) for one in cells[2].xpath(".//span[@class='file']")]
                    sizes = ["".join(part.split()) for part in cells[3].itertext() if part.strip()]
                    shown += zip(files, sizes)
        return shown

    def far(self):
        """Who is far, by measure: anchors of boots."""
        return {table.get("id").removeprefix("far-"): [row.get("data-boot") for row in table.xpath("./tbody/tr")]
                for table in self.root.xpath("//table[@class='far']")}
