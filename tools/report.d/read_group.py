# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads one group of files with tshark and the plugin. This is the piece of work that may run in another process or on
another machine: it needs the standard library, ijson, Wireshark's programs and the plugin's folder, and nothing else of
these tools."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import zlib

NOBODY = 65534
SHOWN = 100 # frames of one finding of a boot that are kept, and points of its reads
POINTS = 400

running = {} # of this process: number of the job -> [processes, open files]; for progress, and to end them
stopped = False


def read_group(job):
    """
    job: number, paths in order, in_order (else they are merged by time), stage (tools/stage-plugin), preferences,
    whole (boots as the plugin writes them, not shortened). Answers: generator, count, boots (packed), forgotten, end (of the
    capture, in seconds, or None), problem (or None).
    """
    files = [open(path, "rb") for path in job["paths"]]
    processes = []
    running[job["number"]] = processes, files
    told = {"generator": None, "count": 0, "forgotten": 0, "end": None}
    packer, packed = zlib.compressobj(6), []
    try:
        with tempfile.TemporaryFile() as complaints:
            capture = files[0] if len(files) == 1 else merged(job, processes, complaints)
            # One pass tells all, and from standard input: so nothing is copied, not even what only root may read.
            preferences = [word for preference in job["preferences"] for word in ("-o", preference)]
            command = [*as_user(), "tshark", "-n", "-q", "-z", "pvsboot,json", "-r", "-", *preferences]
            tshark = subprocess.Popen(command, stdin=capture, stdout=subprocess.PIPE, stderr=complaints, cwd="/",
                                      env=environment(job["stage"]), start_new_session=True)
            processes.append(tshark)
            files.append(capture)
            problem = None
            try:
                for boot in boots_of(tshark.stdout, told):
                    told["count"] += 1
                    line = json.dumps(boot if job["whole"] else shortened(boot), separators=(",", ":")) + "\n"
                    packed.append(packer.compress(line.encode()))
            except Exception as error: # ijson has several
                problem = f"tshark's answer ends in the middle ({type(error).__name__})"
            tshark.stdout.close()
            codes = [process.wait() for process in reversed(processes)]
            if stopped:
                raise InterruptedError
            if any(codes) or problem:
                complaints.seek(0)
                said = complaints.read().decode("utf-8", "replace").split("\n")
                said = " ".join(line.strip() for line in said if line.strip() and "could be dangerous" not in line)
                problem = said or problem or f"tshark ended with {codes[0]}"
    finally:
        running.pop(job["number"], None)
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        for file in files:
            file.close()
    packed.append(packer.flush())
    return {**told, "boots": b"".join(packed), "problem": problem}


def unpacked(answer):
    """The boots of an answer, one after the other."""
    unpacker, rest = zlib.decompressobj(), b""
    packed = answer["boots"]
    for place in range(0, len(packed), 1 << 16):
        *lines, rest = (rest + unpacker.decompress(packed[place:place + (1 << 16)])).split(b"\n")
        yield from map(json.loads, lines)
    yield from map(json.loads, filter(None, (rest + unpacker.flush()).split(b"\n")))


def as_user(*more):
    """As root, Wireshark's programs run as an ordinary user: for root they load no plugin of such a folder."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *more]


def as_reader():
    """As root: an ordinary user who may read every file, and change none. tshark may not even do that."""
    return as_user("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")


def environment(stage):
    """With the plugin in the folder that tools/stage-plugin filled."""
    return {**os.environ, "HOME": os.path.join(stage, "home"), "WIRESHARK_PLUGIN_DIR": os.path.join(stage, "plugins")}


def merged(job, processes, complaints):
    """The group's files as one stream."""
    command = [*as_reader(), "mergecap", *(["-a"] if job["in_order"] else []), "-F", "pcapng", "-w", "-", *job["paths"]]
    mergecap = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, cwd="/",
                                start_new_session=True)
    processes.append(mergecap)
    return mergecap.stdout


def boots_of(stream, told):
    """The boots of a document, each when it is complete; the rest of the document goes into told."""
    import ijson
    from ijson.common import ObjectBuilder
    builder = None
    for prefix, event, value in ijson.parse(stream, use_float=True):
        if builder is not None:
            builder.event(event, value)
            if prefix == "boots.item" and event == "end_map":
                yield builder.value
                builder = None
        elif prefix == "boots.item":
            builder = ObjectBuilder()
            builder.event(event, value)
        elif prefix in ("generator", "end"):
            told[prefix] = value
        elif prefix == "boots_forgotten":
            told["forgotten"] = value


def shortened(boot):
    """What the page needs of a boot, which does not grow with the length of the capture."""
    counts = {}
    for found in boot["findings"]:
        one = counts.setdefault(found["name"], {key: found[key] for key in ("name", "severity", "title", "advice")} | {"count": 0})
        one["count"] += 1
    boot.setdefault("finding_counts", list(counts.values()))
    seen, kept = {}, []
    for found in boot["findings"]:
        seen[found["name"]] = seen.get(found["name"], 0) + 1
        if seen[found["name"]] <= SHOWN:
            kept.append({key: found[key] for key in ("name", "severity", "frame", "time", "seen")})
    boot["findings"] = kept
    boot.pop("milestones", None)
    stream = boot["stream"]
    stream["series"], stream["series_step"] = coarser(stream["series"])
    return boot


def coarser(series):
    """The points in steps of 1, 2, 4, ... seconds, so that they are not too many."""
    step = 1
    while len(series) > POINTS:
        step *= 2
        points = {}
        for point in series:
            start = point["start"] // step * step
            one = points.setdefault(start, {"start": start, "reads": 0, "bytes": 0, "mean": 0.0, "max": 0.0})
            reads = one["reads"] + point["reads"]
            one["mean"] = (one["mean"] * one["reads"] + point["mean"] * point["reads"]) / reads
            one["reads"], one["bytes"], one["max"] = reads, one["bytes"] + point["bytes"], max(one["max"], point["max"])
        series = list(points.values())
    return series, step


def bytes_read(number):
    """How far a job of this process has got in its files, in bytes."""
    processes, files = running.get(number, ([], []))
    total = 0
    for process in processes[:1]: # mergecap, if there is one
        with contextlib.suppress(OSError):
            total = sum(offset_in(process.pid, descriptor, files) for descriptor in os.listdir(f"/proc/{process.pid}/fd"))
    return total


def offset_in(pid, descriptor, files):
    """Where an open file stands, if it is one of these. It may be closed at any moment."""
    try:
        place = os.stat(f"/proc/{pid}/fd/{descriptor}")
        if not any(os.path.samestat(place, os.fstat(file.fileno())) for file in files if not file.closed):
            return 0
        with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="ascii") as info:
            return int(info.readline().split()[1])  # pos:  123
    except (OSError, ValueError, IndexError):
        return 0


def stop_all():
    """Ends what runs in this process."""
    global stopped
    stopped = True
    for processes, _ in list(running.values()):
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def complaint_of_worker(stage, files):
    """On a worker of a cluster: why it cannot read these files [(path, size)] with this plugin, or None."""
    try:
        import ijson # noqa: F401
    except ImportError:
        return "python3-ijson is not installed"
    for program in ("tshark", "mergecap"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if not os.path.isdir(os.path.join(stage, "plugins")):
        return f"the plugin's folder is not there: {stage} (set TMPDIR to a folder that all workers share)"
    done = subprocess.run([*as_user(), "tshark", "-G", "plugins"], capture_output=True, text=True, check=False,
                          env=environment(stage))
    if not any(line.startswith("pvsboot.so") for line in done.stdout.splitlines()):
        return "its tshark does not load the plugin: another version of Wireshark, or a folder that it may not read"
    for path, size in files:
        try:
            if os.path.getsize(path) != size:
                return f"this file is another one there: {path}"
            with open(path, "rb"):
                pass
        except OSError as error:
            return f"this file cannot be read there: {path} ({error.strerror})"
    return None
