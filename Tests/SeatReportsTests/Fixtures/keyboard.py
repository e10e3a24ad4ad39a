"""Opens a page in Chromium and uses it as people without a mouse or without eyes do: real keys by the DevTools protocol,
and the tree that a screen reader is given. Prints one JSON object.

usage: keyboard.py PAGE WIDTH PROFILE-FOLDER
"""
import json
import os
import subprocess
import sys

page, width, profile = sys.argv[1], int(sys.argv[2]), sys.argv[3]
to_browser_read, to_browser = os.pipe()
from_browser, from_browser_write = os.pipe()


def descriptors():
    # The browser reads commands from 3 and answers on 4.
    reading, writing = os.dup(to_browser_read), os.dup(from_browser_write)
    os.dup2(reading, 3)
    os.dup2(writing, 4)


browser = subprocess.Popen(
    ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
     "--user-data-dir=" + profile, "--window-size=%d,900" % width, "about:blank"],
    preexec_fn=descriptors, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL)
os.close(to_browser_read)
os.close(from_browser_write)
answers = os.fdopen(from_browser, "rb")
pending, number, session = b"", 0, None


def receive():
    global pending
    while b"\0" not in pending:
        chunk = answers.read1(65536)
        if not chunk:
            sys.exit("the browser is gone")
        pending += chunk
    message, pending = pending.split(b"\0", 1)
    return json.loads(message)


def call(method, **parameters):
    global number
    number += 1
    message = {"id": number, "method": method, "params": parameters}
    if session:
        message["sessionId"] = session
    os.write(to_browser, json.dumps(message).encode() + b"\0")
    while True:
        answer = receive()
        if answer.get("id") == number:
            if "error" in answer:
                sys.exit("%s: %s" % (method, answer["error"]))
            return answer["result"]


def evaluate(text):
    result = call("Runtime.evaluate", expression=text, returnByValue=True)
    if "exceptionDetails" in result:
        sys.exit(json.dumps(result["exceptionDetails"]))
    return result["result"].get("value")


KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}


def press(key):
    code, text = KEYS[key]
    common = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
    call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
    call("Input.dispatchKeyEvent", type="keyUp", **common)


target = call("Target.createTarget", url="about:blank")["targetId"]
session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
call("Page.enable")
call("Accessibility.enable")
call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
call("Page.navigate", url="file://" + page)
while receive().get("method") != "Page.loadEventFired":
    pass

FOCUS = """(function () {
  var element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  if (element === document.body) { return null; }
  var label = element.getAttribute("aria-labelledby");
  return {
    name: element.tagName.toLowerCase() + " " + (element.id || (label ? "by " + label : element.textContent.trim())),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    seen: box.width > 0 && box.height > 0 && box.left >= 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight
  };
})()"""
stops = []
for _ in range(200):
    press("Tab")
    stop = evaluate(FOCUS)
    if stop is None or stop in stops:
        break
    stops.append(stop)

SORT = "(function () { var cell = document.querySelector('#rows th[aria-sort]'); " \
    "return cell ? cell.textContent + ' ' + cell.getAttribute('aria-sort') : 'none'; })()"
sorts = [evaluate(SORT)]
evaluate("document.querySelectorAll('#rows th button')[1].focus()")
for key in ["Enter", " ", "Enter"]:
    press(key)
    sorts.append(evaluate(SORT))
press("Enter")

tree = []
for node in call("Accessibility.getFullAXTree")["nodes"]:
    if node.get("ignored"):
        continue
    properties = {entry["name"]: entry["value"].get("value") for entry in node.get("properties", [])}
    tree.append({
        "role": node["role"]["value"], "name": node.get("name", {}).get("value", ""),
        "level": properties.get("level"), "focusable": properties.get("focusable", False),
    })
root = call("DOM.getDocument")["root"]["nodeId"]
rows = call("DOM.querySelector", nodeId=root, selector="#rows")["nodeId"]


def inside(role):
    return [node.get("name", {}).get("value", "")
            for node in call("Accessibility.queryAXTree", nodeId=rows, role=role)["nodes"] if not node.get("ignored")]


table = {"columns": inside("columnheader"), "rows": len(inside("row")), "cells": len(inside("cell"))}
overflow = evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
print(json.dumps({"stops": stops, "sorts": sorts, "tree": tree, "table": table, "overflow": overflow}))
browser.terminate()
browser.wait()
