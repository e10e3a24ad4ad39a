"""Reads every attribute of an XML roster with lxml's iterparse, letting go of what was read: xml_read.py FILE"""
import sys

from lxml import etree

rows = cells = size = 0
for _, member in etree.iterparse(sys.argv[1], tag="member"):
    rows += 1
    for value in member.attrib.values():
        cells += 1
        size += len(value.encode())
    member.clear(keep_tail=False)
    while member.getprevious() is not None:
        del member.getparent()[0]
print(rows, cells, size)
