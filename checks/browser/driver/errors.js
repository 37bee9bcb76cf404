// Runs in each document before its own scripts, and tells of errors that these may then call handled. It keeps what it
// needs for itself: what a page changes afterwards changes nothing here, and nothing of it can be seen from there.
((token) => {
  const say = console.debug.bind(console);
  const call = Reflect.apply;
  const got = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get;
  const [error, message] = [got(ErrorEvent, "error"), got(ErrorEvent, "message")];
  const [file, line, column] = [got(ErrorEvent, "filename"), got(ErrorEvent, "lineno"), got(ErrorEvent, "colno")];
  const reason = got(PromiseRejectionEvent, "reason");
  addEventListener("error", (event) => {
    if (!event.isTrusted) return;
    const at = [call(file, event, []), call(line, event, []), call(column, event, [])];
    say(token, call(error, event, []), call(message, event, []), at[0], at[1], at[2]);
  });
  addEventListener("unhandledrejection", (event) => {
    if (event.isTrusted) say(token, call(reason, event, []), "", "", 0, 0);
  });
})
