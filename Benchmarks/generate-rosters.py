#!/usr/bin/env python3
"""Writes what the benchmarks read: generate-rosters.py KIND COUNT FILE

Made-up people; the same file for the same count.

csv, xml   rosters of e-mail, external id, first and last name, department and a note; 5 % of the notes are quoted, with
           commas and line breaks
seats      people who hold a seat, in no order: e-mail and external id
people     a roster against them: half of the rows name a holder, some of them twice, 5 % a holder by external id under
           another address, the rest newcomers
given      a seed for the embedded server: subscriptions of 1,000 seats, all given
room       one subscription with so many seats, none given
crowd      one subscription with so many seats, all given
hundred    a seed of 100 subscriptions with room for COUNT seats between them
assigned   a roster of COUNT people for those
"""
import json
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


def seats(count, out):
    order = list(range(count))
    random.Random(2).shuffle(order)
    out.write("email,external_id\n")
    for i in order:
        out.write(f"Person{i}@Acme-Co.dev,u-{i:08d}\n")


def people(count, out):
    rng = random.Random(3)
    out.write("email,external_id\n")
    for i in range(count):
        kind = i % 100
        if kind < 50:
            out.write(f"person{rng.randrange(count)}@acme-co.dev,\n")
        elif kind < 55:
            out.write(f" MARRIED{i}@acme-co.dev ,u-{i:08d}\n")
        else:
            out.write(f"newcomer{i}@globex.dev,n-{i:08d}\n")


def uuid(kind, number):
    return f"{kind}{number:07x}-0000-4000-8000-000000000001"


def world(containers, seats, given=0):
    """One organization whose token is `polar_oat_embedded_bench`, with subscriptions of so many seats each."""
    product = {"id": uuid("b", 0), "name": "Team", "recurring_interval": "month", "currency": "usd",
               "tier_type": "volume", "tiers": [{"min_seats": 1, "max_seats": None, "price_per_seat": 1200}]}
    customers = [{"id": uuid("c", i), "email": f"billing{i}@acme-co.dev", "external_id": f"team-{i}", "pays": True}
                 for i in range(containers)]
    subscriptions = [{"id": uuid("5", i), "customer_id": uuid("c", i), "product_id": uuid("b", 0), "seats": seats,
                      "status": "active", "started_at": "2026-01-05T09:00:00Z",
                      "given": [{"email": f"person{i}-{j}@acme-co.dev"} for j in range(given)]}
                     for i in range(containers)]
    return {"organizations": [{
        "slug": "bench", "name": "Bench", "rate_group": "elevated", "products": [product], "customers": customers,
        "tokens": [{"token": "polar_oat_embedded_bench", "scopes": ["*"]}], "subscriptions": subscriptions,
        "orders": []}]}


def given(count, out):
    json.dump(world(count // 1000, 1000, 1000), out)


def room(count, out):
    json.dump(world(1, count), out)


def crowd(count, out):
    json.dump(world(1, count, count), out)


def hundred(count, out):
    json.dump(world(100, -(-count // 100)), out)


def assigned(count, out):
    out.write("email,external_id,subscription_id\n")
    for i in range(count):
        out.write(f"person{i}@acme-co.dev,u-{i},{uuid('5', i % 100)}\n")


KINDS = {kind.__name__: kind for kind in (csv, xml, seats, people, given, room, crowd, hundred, assigned)}

if __name__ == "__main__":
    with open(sys.argv[3], "w", encoding="utf-8", newline="") as out:
        KINDS[sys.argv[1]](int(sys.argv[2]), out)
