"""Checks as JUnit XML, the test report that CI systems read (testmoapp/junitxml documents it)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from micrograd_cli.checks.checking import Check, CheckReport
from micrograd_cli.errors import printable
from micrograd_cli.render import Style


def write(reports: Sequence[CheckReport], format_: str, style: Style, strict: bool) -> None:
    """Write a suite for each output; what is inconclusive is skipped, or fails if strict."""
    root = Element("testsuites", name="mgrad check")
    for report in reports:
        suite = SubElement(root, "testsuite", name=printable(report.output or report.expr))
        for check in report.checks:
            add_case(suite, report, check, strict)
    for element in (root, *root):
        count(element)
    indent(root)
    print('<?xml version="1.0" encoding="UTF-8"?>')
    print(tostring(root, encoding="us-ascii").decode())  # right in any locale


def add_case(suite: Element, report: CheckReport, check: Check, strict: bool) -> None:
    suite_name = suite.get("name", "")
    case = SubElement(suite, "testcase", name=report.title(check), classname=suite_name)
    text = told(report, check)
    if check.verdict == "passed":
        SubElement(case, "system-out").text = text
        return
    reason = f"{check.reason.kind}: {check.reason.message}" if check.reason else "it is off"
    tag = "failure" if check.verdict == "failed" or strict else "skipped"
    attributes = {"message": printable(f"{check.verdict}: {reason}")}
    if tag == "failure":
        attributes["type"] = check.verdict
    SubElement(case, tag, attributes).text = text


def told(report: CheckReport, check: Check) -> str:
    return printable(
        f"{report.expr}\nanalytic {check.analytic!r}, numerical {check.numerical!r} "
        f"to within {check.error:.1e}, difference {check.difference:.1e}\n"
        f"at {report.bindings(check)}"
    )


def count(element: Element) -> None:
    """Give a suite, or the root, the numbers of its tests."""
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("errors", "0")
    element.set("skipped", str(len(element.findall(".//skipped"))))
