"""A support router as a program: a JSON line in, a JSON line out. Attune starts it and keeps it."""
import hashlib, json, os, re, sys, urllib.request

ROUTES = ["billing", "plans", "devices", "technical", "account", "roaming", "human"]

def ask(system, user):
    url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
    headers = {"content-type": "application/json", "authorization": "Bearer " + os.environ.get("MODEL_KEY", "none")}
    messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    body = json.dumps({"model": os.environ.get("MODEL", "practice-agent"), "messages": messages})
    with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers), timeout=30) as reply:
        return json.load(reply)["choices"][0]["message"]["content"]

for line in sys.stdin:
    call = json.loads(line)
    prompt = call["prompts"]["router"]
    text = ask(prompt, call["inputs"]["message"] or "(an empty message)")
    routes = [word for word in re.findall("[a-z]+", text.lower()) if word in ROUTES]
    used = {"router": hashlib.sha256(prompt.encode()).hexdigest()}
    print(json.dumps({"outputs": {"route": routes[0] if routes else "human"}, "prompts_used": used}), flush=True)
