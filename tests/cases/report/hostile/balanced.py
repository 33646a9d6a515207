"""Says whether the elements of an HTML file nest, and whether it asks for anything from outside."""
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img"}


class Balance(HTMLParser):
    open_elements = []
    ids = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "srcset") or name.startswith("on"):
                print("an attribute that a report has no use for:", name)
            if name.endswith("href") and not value.startswith("#"):
                print("a link to outside:", value)
        if tag not in VOID:
            self.open_elements.append(tag)

    def handle_endtag(self, tag):
        if not self.open_elements or self.open_elements.pop() != tag:
            sys.exit(f"</{tag}> at {self.getpos()} closes nothing")


balance = Balance()
with open(sys.argv[1], encoding="utf-8") as file:
    balance.feed(file.read())
print("open:", balance.open_elements)
print("ids that occur twice:", sorted({i for i in balance.ids if balance.ids.count(i) > 1}))
