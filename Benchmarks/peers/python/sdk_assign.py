"""Assigns a roster's people with Polar's own Python SDK, so many at once: sdk_assign.py URL TOKEN ROSTER CONCURRENCY

A straightforward script: a pool of workers on one list of rows. It records nothing. Prints how many were assigned.
"""
import asyncio
import csv
import sys

from polar.v2026_04 import PolarAsync


async def assign(url, token, roster, concurrency):
    with open(roster, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rest = iter(rows)
    async with PolarAsync(access_token=token, base_url=url) as polar:

        async def work():
            for row in rest:
                await polar.customer_seats.assign_seat(
                    subscription_id=row["subscription_id"], email=row["email"], external_member_id=row["external_id"])

        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())
    print(len(rows))


asyncio.run(assign(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
