#!/usr/bin/env python3
"""Writes the rosters that the reading benchmarks use: generate-rosters.py csv|xml ROWS FILE [CHUNK].

Rows of e-mail, external id, first and last name, department and a note; 5 % of the notes are quoted, with commas and line
breaks. Made-up people; the same rows for the same count.
"""
import random
import sys

FIRST = ["Ada", "Bob", "Chloé", "Dmitri", "Erin", "Femi", "Gita", "Hana", "Ines", "Jonas"]
LAST = ["Lovelace", "Nakamura", "Okafor", "Petrov", "Quintero", "Rossi", "Schmidt", "Tanaka", "Usman", "Virtanen"]
DEPARTMENTS = ["Engineering", "Sales", "Support", "Finance", "People", "Research and Development"]


def rows(count):
    rng = random.Random(1)
    for i in range(count):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        if rng.random() < 0.05:
            note = f"joined in {rng.randrange(2015, 2026)}, on call\nreports to \"{rng.choice(FIRST)}\", floor {i % 7}"
        else:
            note = f"cost center {rng.randrange(1000, 9999)}"
        yield (f"{first.lower()}.{last.lower()}{i}@acme-co.dev".replace("é", "e"), f"u-{i:08d}", first, last,
               rng.choice(DEPARTMENTS), note)


def csv(count, out):
    out.write("email,external_id,first_name,last_name,department,note\n")
    for row in rows(count):
        out.write(",".join('"' + c.replace('"', '""') + '"' if any(x in c for x in ',"\n') else c for c in row) + "\n")


def xml(count, out):
    escape = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;"})
    names = ["email", "external-id", "first-name", "last-name", "department", "note"]
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<roster subscription-id="11111111-1111-4111-8111-111111111111">\n')
    for row in rows(count):
        fields = " ".join(f'{n}="{c.translate(escape)}"' for n, c in zip(names, row))
        out.write(f"  <member {fields}/>\n")
    out.write("</roster>\n")


if __name__ == "__main__":
    with open(sys.argv[3], "w", encoding="utf-8", newline="") as out:
        {"csv": csv, "xml": xml}[sys.argv[1]](int(sys.argv[2]), out)
