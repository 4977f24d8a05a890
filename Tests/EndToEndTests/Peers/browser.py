#!/usr/bin/env python3
"""A headless Chromium, driven step by step over its debugging pipe.

browser.py STEP... ; each step is one argument NAME=VALUE, done in order; each that tells something prints one line.

  size=390x844        the window's size, before the first page
  scheme=dark         prefers-color-scheme
  language=ru         the browser's language
  open=URL            go there
  eval=EXPRESSION     print its value as JSON (a promise is awaited)
  wait=EXPRESSION     until it is true, at most 20 s; print the seconds that it took
  key=Tab             press a key
  shot=FILE           a picture of the whole page, PNG
  say=WORD            print it: the caller waits for such lines
  hear=               wait for a line on standard input
"""
import base64, json, os, shutil, subprocess, sys, tempfile, time


class Browser:
    def __init__(self):
        self.home = tempfile.mkdtemp()
        to_browser, self.out = os.pipe()
        self.back, from_browser = os.pipe()
        # The browser reads commands from descriptor 3 and writes answers to 4.
        command = [
            "/bin/sh", "-c", 'exec "$@" 3<&%d 4>&%d' % (to_browser, from_browser), "sh", "chromium", "--headless",
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--ignore-certificate-errors", "--no-first-run",
            "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir=" + self.home, "about:blank",
        ]
        self.process = subprocess.Popen(
            command, pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.rest = b""
        self.count = 0
        self.session = None
        self.errors = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(domain + ".enable")

    def ask(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(method + ": " + answer["error"]["message"])
                return answer["result"]

    def read(self):
        while b"\0" not in self.rest:
            piece = os.read(self.back, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has gone")
            self.rest += piece
        one, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(one)
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            entry = message["params"]["entry"]
            # A bridge that is away is an error to the browser, not to us.
            if entry["source"] != "network":
                self.errors.append(entry["text"])
        return message

    def evaluate(self, expression):
        result = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def wait(self, expression, limit=20):
        start = time.monotonic()
        while True:
            # A page that is still loading lacks what the expression names: not true yet.
            try:
                if self.evaluate("Boolean(%s)" % expression):
                    return time.monotonic() - start
                said = self.errors
            except RuntimeError as error:
                said = error
            if time.monotonic() - start > limit:
                raise RuntimeError("not true in %d s: %s\n%s" % (limit, expression, said))
            time.sleep(0.02)

    def picture(self, path):
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        data = self.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


def main(steps):
    browser = Browser()
    features = []
    try:
        for step in steps:
            name, value = step.split("=", 1)
            if name == "size":
                width, height = map(int, value.split("x"))
                browser.ask(
                    "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                    mobile=width < 600)
            elif name == "scheme":
                features = [{"name": "prefers-color-scheme", "value": value}]
                browser.ask("Emulation.setEmulatedMedia", features=features)
            elif name == "language":
                browser.ask(
                    "Page.addScriptToEvaluateOnNewDocument",
                    source="Object.defineProperty(navigator, 'languages', {get: () => [%s]})" % json.dumps(value))
            elif name == "open":
                browser.ask("Page.navigate", url=value)
            elif name == "eval":
                print(json.dumps(browser.evaluate(value), ensure_ascii=False), flush=True)
            elif name == "wait":
                print("%.3f" % browser.wait(value), flush=True)
            elif name == "key":
                for kind in ("keyDown", "keyUp"):
                    text = {"Enter": "\r", " ": " "}.get(value, "")
                    browser.ask(
                        "Input.dispatchKeyEvent", type=kind, key=value, code=value, text=text,
                        windowsVirtualKeyCode={"Tab": 9, "Enter": 13, " ": 32, "Escape": 27}.get(value, 0))
            elif name == "shot":
                browser.picture(value)
            elif name == "say":
                print(value, flush=True)
            elif name == "hear":
                sys.stdin.readline()
            else:
                raise ValueError(step)
        if browser.errors:
            raise RuntimeError("\n".join(browser.errors))
    finally:
        browser.close()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RuntimeError as error:
        print("browser.py: %s" % error, file=sys.stderr)
        sys.exit(1)
