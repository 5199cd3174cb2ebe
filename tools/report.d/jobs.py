# SPDX-License-Identifier: GPL-2.0-or-later
"""Groups of files are read side by side, through Python's own Executor interface: by threads that each wait for one
tshark, or by the workers of a Dask cluster."""
import concurrent.futures
import contextlib
import os
import sys
import time

import read_group

LOOK_AGAIN = 0.5 # seconds
IN_LOG = 30 # seconds between two lines where output is no terminal
BAR = 24 # characters


class NoReport(Exception):
    """No report comes of this; the text says why."""


def read_all(groups, stage, preferences, whole, workers, cluster):
    """
    The answers of read_group in the order of the groups. Where somebody interrupts, those that are there by then, and None
    for the others; a group that cannot be read has a problem and no boot.
    """
    jobs = [{"number": number, "paths": [file.path for file in group.files], "in_order": group.in_order, "stage": str(stage),
             "preferences": preferences, "whole": whole} for number, group in enumerate(groups)]
    answers = [None] * len(jobs)
    progress = Progress(groups, bool(cluster))
    with executor_of(workers, cluster, stage, groups) as executor:
        # A lambda: newer Dask sends what has a name as that name, which means nothing to the workers.
        futures = {executor.submit(lambda job: read_group.read_group(job), job): job["number"] for job in jobs}
        try:
            waiting = set(futures)
            while waiting:
                done, waiting = concurrent.futures.wait(waiting, LOOK_AGAIN, concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    answers[futures[future]] = answer = answer_of(future)
                    progress.one_more(groups[futures[future]], answer)
                progress.say()
        except KeyboardInterrupt:
            for future in futures:
                future.cancel()
            read_group.stop_all()
            return answers, True
        finally:
            progress.end()
    return answers, False


def answer_of(future):
    try:
        return future.result()
    except Exception as error: # of another machine it may be any
        return {"generator": None, "count": 0, "boots": b"", "forgotten": 0, "end": None,
                "problem": getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"}


@contextlib.contextmanager
def executor_of(workers, cluster, stage, groups):
    if not cluster:
        executor = concurrent.futures.ThreadPoolExecutor(workers or os.cpu_count())
        try:
            yield executor
        finally:
            executor.shutdown(cancel_futures=True)
        return
    try:
        import cloudpickle
        from distributed import Client
    except ImportError:
        raise NoReport("--cluster needs Dask: on Debian, apt-get install python3-distributed") from None
    # The workers need not have these tools: what they run is sent to them.
    cloudpickle.register_pickle_by_value(read_group)
    try:
        client = Client(cluster, timeout=20)
    except (OSError, ValueError) as error:
        raise NoReport(f"no Dask scheduler answers at {cluster} ({error})") from None
    with client:
        check_workers(client, stage, [(file.path, file.size) for group in groups for file in group.files])
        # What a worker had begun when it died, another one begins anew.
        yield client.get_executor(pure=False, retries=2)


def check_workers(client, stage, files):
    complaints = client.run(read_group.complaint_of_worker, str(stage), files)
    if not complaints:
        raise NoReport("the cluster has no worker")
    wrong = [f"worker {address}: {complaint}" for address, complaint in sorted(complaints.items()) if complaint]
    if wrong:
        raise NoReport("the workers need the same files, and the plugin, under the same paths as here.\n" + "\n".join(wrong))


class Progress:
    """Says on stderr how far the reading is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, groups, elsewhere):
        self.groups, self.elsewhere = groups, elsewhere
        self.size = sum(group.size for group in groups)
        self.files = sum(len(group.files) for group in groups)
        self.read_size = self.read_files = self.boots = 0
        self.terminal = sys.stderr.isatty()
        self.began = self.said = time.monotonic()
        self.width = 0

    def one_more(self, group, answer):
        self.read_files += len(group.files)
        self.read_size += group.size
        self.boots += answer["count"]

    def say(self):
        now = time.monotonic()
        if now - self.said < (LOOK_AGAIN if self.terminal else IN_LOG):
            return
        self.said = now
        under_way = 0 if self.elsewhere else sum(map(read_group.bytes_read, list(read_group.running)))
        done = min(self.read_size + under_way, self.size)
        text = self.text(done, now - self.began)
        if not self.terminal:
            print(f"Reading: {text}", file=sys.stderr, flush=True)
            return
        full = round(BAR * done / self.size) if self.size else BAR
        line = f"[{'#' * full}{'.' * (BAR - full)}] {text}"[:os.get_terminal_size(sys.stderr.fileno()).columns - 1]
        print("\r" + line.ljust(self.width), end="", file=sys.stderr, flush=True)
        self.width = len(line)

    def text(self, done, spent):
        """So many bytes were read in so many seconds."""
        left = f", about {duration(spent * (self.size / done - 1))} left" if done > 0.02 * self.size else ""
        return f"{self.read_files} of {self.files} files, {megabytes(done)} of {megabytes(self.size)}, {self.boots} boots{left}"

    def end(self):
        if self.width:
            print("\r" + " " * self.width + "\r", end="", file=sys.stderr, flush=True)


def megabytes(size):
    return f"{size / 1e9:.1f} GB" if size >= 1e10 else f"{size / 1e6:.0f} MB"


def duration(seconds):
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
