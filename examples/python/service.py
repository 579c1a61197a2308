"""A support router as an HTTP service. Run: OPENAI_BASE_URL=... python3 service.py 8765"""
import json, os, re, sys, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROUTES = ["billing", "plans", "devices", "technical", "account", "roaming", "human"]

def ask(system, user):
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    headers = {"content-type": "application/json", "authorization": "Bearer " + os.environ.get("OPENAI_API_KEY", "none")}
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    body = json.dumps({"model": os.environ.get("MODEL", "practice-agent"), "messages": messages})
    with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers), timeout=30) as reply:
        return json.load(reply)["choices"][0]["message"]["content"]

class Agent(BaseHTTPRequestHandler):
    def do_POST(self):
        call = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = ask(call["prompts"]["router"], call["inputs"]["message"] or "(an empty message)")
        routes = [word for word in re.findall("[a-z]+", text.lower()) if word in ROUTES]
        outputs = json.dumps({"route": routes[0] if routes else "human"}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(outputs)))
        self.end_headers()
        self.wfile.write(outputs)

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Agent).serve_forever()
