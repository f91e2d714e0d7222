"""JUnit XML, the test report that CI systems read (testmoapp/junitxml documents it)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from micrograd_cli.errors import printable
from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, Test, View
from micrograd_cli.render.writers.base import Writer

TAGS = {"failed": "failure", "skipped": "skipped"}


class JUnit(Writer[Result]):
    """A suite for each result."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        self.root = Element("testsuites", name="mgrad check")

    def write(self, result: Result) -> None:
        suite = SubElement(self.root, "testsuite", name=printable(self.view.suite(result)))
        for test in self.view.tests(result):
            add_case(suite, test)

    def end(self) -> None:
        for element in (self.root, *self.root):
            count(element)
        indent(self.root)
        print('<?xml version="1.0" encoding="UTF-8"?>')
        print(tostring(self.root, encoding="us-ascii").decode())  # right in any locale


def add_case(suite: Element, test: Test) -> None:
    case = SubElement(suite, "testcase", name=test.name, classname=suite.get("name", ""))
    if test.outcome == "passed":
        SubElement(case, "system-out").text = printable(test.text)
        return
    attributes = {"message": printable(f"{test.verdict}: {test.reason or 'it is off'}")}
    if test.outcome == "failed":
        attributes["type"] = test.verdict
    SubElement(case, TAGS[test.outcome], attributes).text = printable(test.text)


def count(element: Element) -> None:
    """Give a suite, or the root, the numbers of its tests."""
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("errors", "0")
    element.set("skipped", str(len(element.findall(".//skipped"))))
