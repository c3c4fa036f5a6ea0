// Stripe World on 127.0.0.1, its Python running inside Pyodide: `node tests/billing/stripe_world.mjs PORT SITE`.
//
// Each account is a world of its own: /worlds/<name>/v1/... speaks as api.stripe.com/v1/... does. /worlds/<name>/_/<act>/<subscription> does
// what time would do (renew, end_dunning), for its clock stands still. Prints "ready" once it listens; ends with its standard input.
import { createServer } from "node:http";
import { loadPyodide } from "pyodide";

const [port, site] = [Number(process.argv[2]), process.argv[3]];

const pyodide = await loadPyodide();
pyodide.mountNodeFS("/site", site);
const answer = pyodide.runPython(`
import os, sys
sys.path.insert(0, "/site")
os.geteuid = os.getuid  # Pyodide has the one and lacks the other

from seahaven.http.messages import HttpRequest
from seahaven.http.runtime import Registry, dispatch
from seahaven_stripe_world import world
from seahaven_stripe_world.billing import dunning, subscription_lifecycle
from seahaven_stripe_world.http_api.handler import handle

ACCOUNTS = Registry(world, {"startup": {"livemode": False}}, 100)
ACTS = {"renew": subscription_lifecycle.advance_cycle, "end_dunning": dunning.apply_end_of_schedule}

def act(instance, name, subscription):
    with instance.bulk() as ctx:
        ACTS[name](ctx, subscription)

def answer(account, method, path, query, headers, body):
    if path.startswith("/_/"):
        _, _, name, subscription = path.split("/")
        ACCOUNTS.run(account, lambda instance: act(instance, name, subscription))
        return 200, [], b"{}"
    request = HttpRequest(method, path, query, tuple(tuple(pair) for pair in headers.to_py()), bytes(body.to_py()))
    told = ACCOUNTS.run(account, lambda instance: dispatch(instance, handle, request))
    return told.status, [list(pair) for pair in told.headers], told.body_bytes

answer
`);

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const url = new URL(request.url, "http://127.0.0.1");
    const [, , account, ...rest] = url.pathname.split("/");
    const headers = Object.entries(request.headers);
    try {
      // A Buffer of Node would crash Pyodide: a plain array of bytes does not.
      const body = new Uint8Array(Buffer.concat(parts));
      const told = answer(account, request.method, `/${rest.join("/")}`, url.search.slice(1), headers, body);
      const [status, more, content] = told.toJs();
      told.destroy();
      response.writeHead(status, Object.fromEntries(more));
      response.end(Buffer.from(content));
    } catch (error) {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end(String(error));
    }
  });
});
server.listen(port, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
