"""Frames a page at a width and measures it there; judges what a browser's DOM says of it.

usage: report_chromium.py wrap PAGE WIDTH        prints a page with PAGE in a frame
       report_chromium.py judge DOM LOG WIDTH DARK
The frame has the page as its srcdoc, so that the script around it may look inside; the page's own
policy forbids it any script.
"""
import html
import json
import re
import sys

MEASURE = """
function parts(color) {
  const n = color.match(/[0-9.]+/g).map(Number);
  return n.length < 4 ? [n[0], n[1], n[2], 1] : n;
}
function luminance(c) {
  const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function background(view, element) {
  for (let e = element; e; e = e.parentElement) {
    const c = parts(view.getComputedStyle(e).backgroundColor);
    if (c[3] === 1) return c;
  }
  return [255, 0, 255, 1];
}
function measure(frame) {
  const view = frame.contentWindow, doc = frame.contentDocument;
  const found = {wide: doc.documentElement.scrollWidth, inner: view.innerWidth, texts: 0, worst: 99, faults: []};
  const walk = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.getClientRects().length || element.closest("title, desc, style")) continue;
    const svg = element.closest("svg");
    const ink = view.getComputedStyle(element)[svg ? "fill" : "color"];
    const a = luminance(parts(ink)), b = luminance(background(view, svg ? svg.parentElement : element));
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.texts++;
    found.worst = Math.min(found.worst, contrast);
    if (contrast < 4.5) found.faults.push(contrast.toFixed(2) + " " + walk.currentNode.data.trim().slice(0, 40));
  }
  for (const table of doc.querySelectorAll("table"))
    if (!table.caption || !table.querySelector("thead th[scope=col]")) found.faults.push("a table without caption or scopes");
  for (const svg of doc.querySelectorAll("svg:not([aria-hidden])")) {
    if (!svg.getAttribute("aria-label")) found.faults.push("a picture without words");
    // Texts of one picture must not lie on each other, nor leave it.
    const whole = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].map(t => [t.getBoundingClientRect(), t.textContent]);
    boxes.forEach(([r, words], i) => {
      if (r.left < whole.left - 1 || r.right > whole.right + 1 ||
          r.top < whole.top - 1 || r.bottom > whole.bottom + 1) found.faults.push("leaves its picture: " + words);
      for (const [q, others] of boxes.slice(0, i))
        if (r.left + 1 < q.right && q.left + 1 < r.right && r.top + 3 < q.bottom && q.top + 3 < r.bottom)
          found.faults.push("overlap: " + words + " / " + others);
    });
  }
  document.getElementById("found").textContent = JSON.stringify(found);
}
"""


def wrap(path, width):
    with open(path, encoding="utf-8") as file:
        page = html.escape(file.read(), quote=True)
    print(f"<!DOCTYPE html><meta charset=utf-8><pre id=found></pre><script>{MEASURE}</script>"
          f'<iframe style="width:{width}px;height:800px;border:0" onload="measure(this)" srcdoc="{page}"></iframe>')


def judge(dom_path, log_path, width, dark):
    with open(dom_path, encoding="utf-8") as file:
        match = re.search(r'<pre id="found">(.*?)</pre>', file.read(), re.S)
    if not match or not match.group(1):
        sys.exit("report-chromium: the page was not measured")
    found = json.loads(html.unescape(match.group(1)))
    with open(log_path, encoding="utf-8", errors="replace") as file:
        console = [line.strip() for line in file if "CONSOLE" in line]
    where = f"{width} px, {'dark' if dark == '1' else 'light'}"
    print(f"{where}: {found['wide']} px wide, {found['texts']} texts, least contrast {found['worst']:.2f}, "
          f"{len(console)} console messages")
    faults = found["faults"] + console
    if found["inner"] != int(width) or found["wide"] > found["inner"]:
        faults.append(f"scrolls sideways: {found['wide']} px in {found['inner']} px")
    if found["texts"] < 50:
        faults.append("hardly any text was seen")
    if faults:
        sys.exit(f"report-chromium: {where}:\n  " + "\n  ".join(faults[:20]))


if sys.argv[1] == "wrap":
    wrap(sys.argv[2], sys.argv[3])
else:
    judge(*sys.argv[2:])
