// A stand-in for the service: `fetch` answers by the routes that a test sets, and keeps what was asked.
(() => {
  const service = { calls: [], routes: [], streams: [], held: [], HELD: 0xffffffff };
  // Answers what was held: what a test wants to see before the answer cannot be too late.
  service.release = () => { for (const reply of service.held.splice(0)) reply(); };
  service.reset = () => {
    for (const stream of service.streams) try { stream.close(); } catch {}
    service.calls = [];
    service.routes = [];
    service.streams = [];
    service.held = [];
  };
  // The newest route wins. Status 0 is a service that cannot be reached; `deaf` ones answer even
  // though the call was given up.
  service.on = (method, path, status, body, delay = 0, deaf = false) =>
    service.routes.unshift({ method, path, status, body, delay, deaf });
  service.changed = () => {
    for (const stream of service.streams) stream.enqueue(new TextEncoder().encode(":\n\n"));
  };
  const stream = (signal) => new ReadableStream({
    start(controller) {
      service.streams.push(controller);
      signal.addEventListener("abort", () => {
        service.streams = service.streams.filter((s) => s !== controller);
        try { controller.error(signal.reason); } catch {}
      });
    },
  });
  const answer = (route, request) => {
    const events = route.body === "events";
    const type = events ? "text/event-stream"
      : route.status < 400 ? "application/json" : "application/problem+json";
    const body = events ? stream(request.signal) : route.body;
    return new Response(body, { status: route.status, headers: { "content-type": type } });
  };
  globalThis.service = service;
  globalThis.fetch = (request) => new Promise((resolve, reject) => {
    const path = new URL(request.url).pathname;
    const { method, signal, headers } = request;
    const call = { method, path, at: performance.now(), aborted: false, body: "" };
    call.key = headers.get("Idempotency-Key");
    call.last = headers.get("Last-Event-ID");
    service.calls.push(call);
    request.clone().text().then((body) => { call.body = body; });
    const route = service.routes.find((r) => r.method === method && path.startsWith(r.path));
    const giveUp = () => {
      call.aborted = true;
      if (!route?.deaf) reject(new DOMException("given up", "AbortError"));
    };
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp);
    if (!route || route.status === 0) return reject(new TypeError("unreachable"));
    const reply = () => resolve(answer(route, request));
    if (route.delay === service.HELD) service.held.push(reply);
    else setTimeout(reply, route.delay);
  });
})();
