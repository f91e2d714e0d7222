"""A headless Chromium, driven through a pipe by the DevTools protocol."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from itertools import count

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROGRAM = next((path for name in NAMES if (path := shutil.which(name))), None)
FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run
--hide-scrollbars --disable-background-networking --disable-component-update --disable-sync
--remote-debugging-pipe""".split()
CODES = {
    "ArrowLeft": 37,
    "ArrowRight": 39,
    "Home": 36,
    "End": 35,
    "Enter": 13,
    "Escape": 27,
    "Tab": 9,
    " ": 32,
}
TEXTS = {"Enter": "\r", " ": " "}


class Chromium:
    """One browser with one tab.

    `requests` are the addresses that the page asked for, `problems` its errors and what its Content
    Security Policy refused.
    """

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self.out = os.pipe()
        self.incoming, theirs_out = os.pipe()

        def pipes():  # Chromium reads from 3 and writes to 4
            source, target = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(source, 3)
            os.dup2(target, 4)

        self.process = subprocess.Popen(
            [PROGRAM, *FLAGS, f"--user-data-dir={self.folder.name}", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self.numbers, self.rest, self.session = count(1), b"", None
        self.requests, self.problems, self.loaded = [], [], 0
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.out)
        os.close(self.incoming)
        self.folder.cleanup()

    # --- the protocol -------------------------------------------------------------------------

    def send(self, method, **params):
        """The result of a command; what happens before it is noted."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        left = json.dumps(message).encode() + b"\0"
        while left:
            left = left[os.write(self.out, left) :]
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def receive(self):
        """The next message."""
        while b"\0" not in self.rest:
            piece = os.read(self.incoming, 1 << 20)
            if not piece:
                raise RuntimeError("Chromium went away")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(text)
        self.note(message.get("method"), message.get("params"))
        return message

    def note(self, method, params):
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(told(params["exceptionDetails"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(params["entry"]["text"])
        elif method == "Page.loadEventFired":
            self.loaded += 1

    # --- what a person does -------------------------------------------------------------------

    def open(self, address):
        """Load an address afresh, and wait until it has been drawn."""
        for each in ("about:blank", address):
            self.requests, self.problems = [], []
            before = self.loaded
            self.send("Page.navigate", url=each)
            while self.loaded == before:
                self.receive()
        self.frames()

    def frames(self, number=2):
        """Wait for frames to be drawn."""
        self.run(f"""new Promise((done) => {{
            let left = {number};
            const next = () => --left < 0 ? done() : requestAnimationFrame(next);
            next();
        }})""")

    def run(self, script):
        """The value of a script, or of what it promises."""
        done = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in done:
            raise RuntimeError(told(done["exceptionDetails"]))
        return done["result"].get("value")

    def press(self, key):
        """Press and release a key."""
        text = TEXTS.get(key, key if len(key) == 1 else "")
        common = {"key": key, "code": key, "windowsVirtualKeyCode": CODES.get(key, 0)}
        self.send(
            "Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common
        )
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def screen(
        self, width=1280, height=900, scheme="light", motion="reduce", media="", mobile=False
    ):
        """The size of the screen, and what its user prefers."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=mobile)  # fmt: skip
        features = [{"name": "prefers-color-scheme", "value": scheme},
                    {"name": "prefers-reduced-motion", "value": motion}]  # fmt: skip
        self.send("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self, path, whole=True):
        """Save the page as a PNG, or only what is seen of it."""
        done = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(done["data"]))


def told(details):
    return details.get("exception", {}).get("description") or details["text"]
