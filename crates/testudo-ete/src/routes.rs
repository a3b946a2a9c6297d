//! The fixture's routes: one for everything that a request can meet.

use testudo::prelude::*;

use crate::{
    handlers::{
        address, bug, cookie, delayed, echo_json, failing, hangs, hello, host, label, leaky, long, named,
        no_transform, page, short, size, spawned, unavailable, user,
    },
    shields::{api_token, broken, partner, reader, spent},
    socket::socket,
    streams::{breaks, events, stream},
};

pub(crate) fn routes() -> Router {
    let open = Stack::<()>::public("the fixture hides nothing");
    let guarded = Stack::<()>::new().shield(api_token);
    let limited = Stack::<()>::public("a limit is no guard").shield(spent);
    let failing_shield = Stack::<()>::new().shield(broken);
    let partner = Stack::<()>::new().shield(partner("acme"));
    let reading = Stack::<()>::new().shield(reader);

    Router::new()
        .route("/", open.get(hello))
        .route("/items/{id}", open.get(named))
        .route("/guarded", guarded.get(user))
        .route("/partner", partner.get(label))
        .route("/limited", limited.get(hello))
        .route("/broken", failing_shield.get(hello))
        .route("/read", reading.post(size))
        .route("/json", open.post(echo_json))
        .route("/panic", open.get(bug))
        .route("/error", open.get(failing))
        .route("/unavailable", open.get(unavailable))
        .route("/hang", open.get(hangs))
        .route("/delay/{ms}", open.get(delayed))
        .route("/spawned", open.get(spawned))
        .route("/client", open.get(address))
        .route("/host", open.get(host))
        .route("/leaky", open.get(leaky))
        .route("/page", open.get(page))
        .route("/socket", open.get(socket))
        .route("/stream", open.get(stream))
        .route("/stream/broken", open.get(breaks))
        .route("/events", open.get(events))
        .route("/long", open.get(long))
        .route("/long/cookie", open.get(cookie))
        .route("/long/no-transform", open.get(no_transform))
        .route("/short", open.get(short))
}
