# test_browser.py
# The page in headless Chromium: nothing is asked for, nothing runs, and the timeline is where the frames are
#
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import shutil
import subprocess

import pytest

from report_page import Page, words
from truth import ROOT, Truth

STORM = Truth("synthetic-interleaved-40")
MARKUP = "<script>document.title='it ran'</script>"

BARS = """
return [...document.querySelectorAll('#timeline svg g[id^=c1b]')].map(bar => {
    const box = bar.querySelector('path').getBoundingClientRect();
    return {id: bar.id, left: box.left, right: box.right, top: box.top, bottom: box.bottom,
            fill: getComputedStyle(bar.querySelector('path')).fill};
});
"""
LEGEND = """
return [1, 2, 3, 4].map(phase => getComputedStyle(document.querySelector('i.phase-' + phase)).backgroundColor);
"""


@pytest.fixture(scope="module")
def storm_page(page_file):
    return page_file("--all", STORM.capture)


def test_the_logs_of_the_browser_would_tell(browser, tmp_path):
    """That the next test can fail."""
    page = tmp_path / "bad.html"
    page.write_text("<!doctype html><img src='http://127.0.0.1:9/picture.png'><script>console.error('oh')</script>")
    console, asked = browser.open(page)
    assert any("oh" in message for message in console)
    assert "http://127.0.0.1:9/picture.png" in asked


def test_a_storm_asks_for_nothing_and_complains_of_nothing(browser, storm_page):
    assert browser.open(storm_page) == ([], [])


def phases_of_the_storm(bench):
    """From the ground truth and the frames' own times: boot -> [(phase, start, end)]."""
    times = {int(row["frame.number"]): float(row["frame.time_relative"])
             for row in bench.fields(STORM.capture, ["frame.time_relative"])}
    phases, ends = {}, {}
    for frame, row in sorted(STORM.frames.items()):
        if "boot" not in row:
            continue
        of_boot = phases.setdefault(row["boot"], [])
        if not of_boot or of_boot[-1][0] != row["phase"]:
            of_boot.append((row["phase"], times[frame]))
        ends[row["boot"]] = times[frame]
    return {boot: [(phase, start, end) for (phase, start), end in
                   zip(of_boot, [start for _, start in of_boot[1:]] + [ends[boot]])]
            for boot, of_boot in phases.items()}


def test_each_phase_of_the_storm_lies_where_its_frames_are(bench, browser, storm_page):
    browser.open(storm_page)
    bars = {bar["id"]: bar for bar in browser.script(BARS)}
    colours = browser.script(LEGEND)
    assert len(set(colours)) == 4
    expected = phases_of_the_storm(bench)
    assert sorted(bars) == sorted(f"c1b{boot}p{index}" for boot, phases in expected.items()
                                  for index in range(1, len(phases) + 1))
    # Two known places make the scale; all others must agree with it.
    starts = {f"c1b{boot}p1": phases[0][1] for boot, phases in expected.items()}
    first, last = min(starts, key=starts.get), max(starts, key=starts.get)
    scale = (bars[last]["left"] - bars[first]["left"]) / (starts[last] - starts[first])
    rows = []
    for boot, phases in sorted(expected.items()):
        row = [bars[f"c1b{boot}p{index}"] for index in range(1, len(phases) + 1)]
        for bar, (phase, start, end) in zip(row, phases):
            assert bar["left"] == pytest.approx(bars[first]["left"] + (start - starts[first]) * scale, abs=1)
            assert bar["right"] - bar["left"] == pytest.approx((end - start) * scale, abs=1)
            assert bar["fill"] == colours[phase - 1]
        assert len({(round(bar["top"]), round(bar["bottom"])) for bar in row}) == 1
        rows.append(row[0])
    assert all(above["bottom"] < below["top"] for above, below in zip(rows, rows[1:]))
    assert min(bar["bottom"] - bar["top"] for bar in rows) > 8


@pytest.mark.parametrize("scheme, media, dark", [("light", "", False), ("dark", "", True), ("dark", "print", False)])
def test_colours_follow_the_screen_and_paper_is_bright(browser, storm_page, scheme, media, dark):
    browser.prefer(scheme, media)
    try:
        browser.open(storm_page)
        ground, ink = browser.script("""
            const rgb = (selector, property) => getComputedStyle(document.querySelector(selector))[property]
                .match(/[0-9.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
            return [rgb('html', 'backgroundColor'), rgb('#timeline svg text', 'fill')];""")
    finally:
        browser.prefer()
    assert (ground < ink) == dark
    assert abs(ground - ink) > 400


def test_the_page_fits_a_laptop(browser, storm_page):
    browser.open(storm_page)
    assert browser.script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A boot whose every text of a packet is markup, in a capture whose name is markup."""
    from scapy.all import BOOTP, DHCP, IP, TFTP, TFTP_ERROR, TFTP_RRQ, UDP, Ether, Raw, wrpcap
    mac, server = "02:50:56:97:00:66", "10.0.0.1"
    discover = (Ether(src=mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255")
                / UDP(sport=68, dport=67)
                / BOOTP(chaddr=bytes.fromhex(mac.replace(":", "")), xid=7, file=MARKUP.encode())
                / DHCP(options=[("message-type", "discover"), ("vendor_class_id", "PXEClient" + MARKUP), "end"]))
    request = (Ether(src=mac, dst="02:50:56:00:00:01") / IP(src="10.0.0.66", dst=server) / UDP(sport=2070, dport=69)
               / TFTP() / TFTP_RRQ(filename=MARKUP, mode="octet"))
    error = (Ether(src="02:50:56:00:00:01", dst=mac) / IP(src=server, dst="10.0.0.66") / UDP(sport=3000, dport=2070)
             / TFTP(op=5) / TFTP_ERROR(errorcode=1, errormsg=MARKUP) / Raw(b"\0"))
    frames = [discover, request, error]
    for number, frame in enumerate(frames):
        frame.time = 1700000000 + number
    path = tmp_path_factory.mktemp("hostile") / "-<img src=x onerror=document.title='ran'>&lt;.pcap"
    wrpcap(str(path), frames)
    return path


def test_markup_in_packets_and_names_is_text(browser, page_file, hostile):
    path = page_file("--", hostile)
    assert browser.open(path) == ([], [])
    assert browser.script("return document.title") == f"PVS boots: {hostile.name}"
    assert browser.script("return document.querySelectorAll('img, [onerror]').length") == 0
    assert browser.script("return document.scripts.length") == 1
    assert browser.script("return document.querySelector('#outcomes h3').textContent") == hostile.name
    assert browser.script("return document.querySelector('.file').textContent") == MARKUP
    assert MARKUP in browser.script("return document.querySelector('[id=\"bootstrap.error\"] .seen').textContent")


def test_markup_is_text_for_another_reader_too(page_file, hostile):
    """Not only the page's own policy keeps a script from running: there is none but the page's own."""
    page = Page(page_file("--", hostile))
    assert page.root.xpath("//img | //@onerror") == []
    [script] = page.root.xpath("//script")
    assert script.text == (ROOT / "tools" / "report.d" / "page.js").read_text()
    assert list(page.captures) == [hostile.name]


def test_screenshot_of_a_report(browser, page_file):
    """For a person to look at: build/screenshots/report.png, and docs/images."""
    browser.open(page_file(Truth("synthetic-three-boots").capture))
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    picture = base64.b64decode(browser.driver.execute_cdp_cmd("Page.captureScreenshot", {
        "format": "png", "captureBeyondViewport": True,
        "clip": {"x": 0, "y": 0, "width": 1366, "height": 820, "scale": 1}})["data"])
    (folder / "report.png").write_bytes(picture)
    assert len(picture) > 20_000


def test_tables_are_sorted_and_filtered(browser, storm_page):
    browser.open(storm_page)
    column = "return [...document.querySelectorAll('#c1 table.boots tbody tr')].filter(row => !row.hidden).map(row => row.cells[%d].textContent);"
    numbers = [int("".join(filter(str.isdigit, text))) for text in browser.script(column % 0)]
    assert sorted(numbers) == list(range(1, 41)) and numbers != sorted(numbers)
    browser.script("document.querySelector('#c1 table.boots th button').click()")
    assert [int("".join(filter(str.isdigit, text))) for text in browser.script(column % 0)] == list(range(1, 41))
    browser.script("document.querySelector('#c1 table.boots th button').click()")
    assert [int("".join(filter(str.isdigit, text))) for text in browser.script(column % 0)] == list(range(40, 0, -1))
    browser.script("""const field = document.querySelector('#c1 .filter input');
        field.value = 'streaming, NOT'; field.dispatchEvent(new Event('input'));""")
    shown = browser.script(column % 2)
    assert len(shown) == 10 and all("streaming, not handed off" in text for text in shown)


def test_a_boots_display_filter_is_copied(browser, storm_page):
    browser.open(storm_page)
    copied = browser.script("""
        const written = [];
        Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => written.push(text)}});
        document.querySelector('#c1b7 button.copy').click();
        return written;""")
    assert copied == ["pvsboot.boot == 7"]


def test_figures_stay_readable_on_a_phone(browser, storm_page):
    """On 500 pixels, their text is as large as on a desk: the figure moves inside its frame, and the page does not."""
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                   {"width": 500, "height": 800, "deviceScaleFactor": 1, "mobile": False})
    try:
        browser.open(storm_page)
        size, page, window = browser.script("""
            const text = document.querySelector('#timeline svg text').getBoundingClientRect();
            return [text.height, document.documentElement.scrollWidth, document.documentElement.clientWidth];""")
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert size > 9 and page <= window <= 500


def printed(path, tmp_path):
    """The text of each sheet, by chromium --print-to-pdf."""
    pdf = tmp_path / "page.pdf"
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'chromium'}", "--no-pdf-header-footer",
                    f"--print-to-pdf={pdf}", path.as_uri()], check=True, capture_output=True, timeout=120)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True, timeout=60).stdout
    return [[line.strip() for line in sheet.splitlines() if line.strip()] for sheet in text.split("\f") if sheet.strip()]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
def test_no_heading_stands_alone_at_the_foot_of_a_sheet(page_file, tmp_path):
    path = page_file(*(Truth(f"synthetic-{name}").capture for name in ("three-boots", "boot", "stream-stalled", "interleaved-40",
                                                                       "logon-unanswered", "boot-slow")))
    root = Page(path).root
    headings = {words(heading) for heading in root.xpath("//h2 | //h3")}
    sheets = printed(path, tmp_path)
    assert len(sheets) > 3
    for sheet in sheets:
        assert sheet[-1] not in headings, sheet[-3:]
