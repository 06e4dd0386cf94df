#!/usr/bin/env python3
"""Turns what `kcat -J` prints into one readable line per record; ops/tail calls it. No value of a row is shown, except with --raw."""
import argparse
import datetime
import heapq
import json
import os
import re
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--lines", type=int, required=True, help="how many of the newest records to show")
parser.add_argument("--partitions", type=int, required=True, help="whose ends to await before the first line; 0: until kcat ends")
parser.add_argument("--key", help="a row's key or message key")
parser.add_argument("--pipeline", help="only records of this pipeline")
parser.add_argument("--raw", action="store_true", help="the record's JSON")
options = parser.parse_args()


def harmless(text):
    """A key or a message that holds control characters moves no cursor and turns no direction of writing."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "·", text.replace("\n", "⏎"))


def time(record):
    milliseconds = record.get("ts") or 0
    if milliseconds <= 0:
        return "(no time)           "
    return datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def numbered(value, *names):
    return [f"{name} {value[name]}" for name in names if value.get(name) is not None]


def change(value):
    cells = len(value.get("fields") or {})
    facts = [value["op"], *numbered(value, "run", "attempt"), f"{cells} field{'' if cells == 1 else 's'}"]
    if value.get("partial"):
        facts.append("partial")
    cell = (value.get("origin") or {}).get("cell")
    return ", ".join(facts) + (f" ({cell})" if cell else "")


def failure(value):
    place = ".".join(name for name in (value.get("table"), value.get("column")) if name)
    facts = [f"{value['category']} {value.get('code', '')}", place, *numbered(value, "run", "attempt")]
    return ", ".join(fact for fact in facts if fact) + f": {value.get('message', '')}"


def outcome(value):
    shares = []
    for share in value["shares"]:
        tallies = [f"{number} {word}" for word, number in share.get("tallies", {}).items() if number]
        shares.append(f"{share.get('stream')} run {share.get('run')}: " + (", ".join(tallies) or "nothing"))
    retried = value.get("retried") or []
    if retried:
        shares.append(f"retried {', '.join(retried[:5])}" + (f" and {len(retried) - 5} more" if len(retried) > 5 else ""))
    return "; ".join(shares)


def alert(value):
    state = "resolved " if value.get("resolved") else ""
    place = "/".join(value[name] for name in ("pipeline", "stream") if value.get(name))
    return f"{state}{value['severity']} {value.get('kind', '')}, {place}: {value.get('message', '')}"


def run(value):
    return f"{value.get('pipeline')} run {value.get('run')} {value['status']}" + (f": {value['summary']}" if value.get("summary") else "")


def described(value):
    """By what the record holds: a dead letter is a failure or a change, as its writer chose."""
    for member, words in (("category", failure), ("op", change), ("shares", outcome), ("severity", alert), ("status", run)):
        if member in value:
            return words(value)
    return "a record of another kind; --raw shows it"


def parsed(payload):
    try:
        value = json.loads(payload)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def wanted(record, value):
    if options.key is not None:
        key = record.get("key") or ""
        if options.key not in (key, key.partition("/")[2]):
            return False
    return options.pipeline is None or value is None or value.get("pipeline", options.pipeline) == options.pipeline


def line(record, value):
    payload = record.get("payload")
    if options.raw:
        return "null" if payload is None else payload
    if payload is None:
        words = "no value"
    elif value is None:
        words = f"{len(payload)} characters that are no JSON object"
    else:
        try:
            words = described(value)
        except (AttributeError, KeyError, TypeError):
            words = "a record of another shape; --raw shows it"
    return harmless(f"{time(record)}  {record.get('key') or '(no key)'}  {words}")


def tell(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


newest = []  # A heap of the newest records, the oldest of them first; None once the first lines are out.
ends = set()


def show_newest():
    global newest
    held, newest = sorted(newest), None
    for entry in held:
        tell(entry[-1])


def take(record):
    value = parsed(record["payload"]) if record.get("payload") is not None else None
    if not wanted(record, value):
        return
    if newest is None:
        tell(line(record, value))
        return
    entry = (record.get("ts") or 0, record.get("partition", 0), record.get("offset", 0), line(record, value))
    if len(newest) < options.lines:
        heapq.heappush(newest, entry)
    else:
        heapq.heappushpop(newest, entry)


def main():
    status = 0
    for text in sys.stdin:
        end = re.match(r"% Reached end of topic .* \[(\d+)\] at offset", text)
        if end:
            ends.add(end.group(1))
            if newest is not None and 0 < options.partitions <= len(ends):
                show_newest()
        elif text.startswith("{"):
            try:
                record = json.loads(text)
            except ValueError:
                sys.stderr.write(f"ops/tail: kcat printed a line that is no JSON, {len(text)} characters\n")
                continue
            take(record)
        elif re.match(r"% (ERROR|FATAL)|%[0-3]\|", text):
            sys.stderr.write("ops/tail: " + harmless(text.strip()) + "\n")
            status = 3
    if newest is not None:
        show_newest()
    if status == 0 and (options.partitions or not ends):
        # Following, kcat never ends by itself; else it says of every partition that it reached the end.
        sys.stderr.write("ops/tail: kcat ended before its time; is the topic still there, are the settings right?\n")
        status = 3
    return status


sys.stdin.reconfigure(encoding="utf-8", errors="replace")
sys.stdout.reconfigure(encoding="utf-8")
try:
    sys.exit(main())
except BrokenPipeError:
    # The reader has what it wanted; nothing may be written at exit either.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
except KeyboardInterrupt:
    sys.exit(130)
