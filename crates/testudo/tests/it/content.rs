//! H. Content: multipart, every source at once, streaming, and shields that read the body.

use std::sync::{Arc, Mutex};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Multipart, Path, Query, Request},
    http::HeaderMap,
};
use serde::Deserialize;
use serde_json::{Value, json};
use testudo::prelude::*;
use tokio::sync::mpsc;

use crate::fixture::{Admin, App, User, api_token, is_admin, start};

const UPLOAD: &str = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"notes.txt\"\r\n\r\nall the bytes\r\n--x--\r\n";

#[tokio::test]
async fn a_multipart_upload_behind_a_shield_is_read_whole() {
    async fn upload(_: Passed<User>, mut parts: Multipart) -> Result<String, Problem> {
        let part = parts.next_field().await?.ok_or_else(|| Problem::bad_request("no file"))?;
        let name = part.file_name().unwrap_or_default().to_owned();
        Ok(format!("{name}: {}", part.text().await?))
    }
    #[shield(name = "Signed")]
    fn reads_all(body: Bytes) -> bool {
        body.ends_with(b"--x--\r\n")
    }
    let user = Stack::new().shield(api_token);
    let reading = user.shield(reads_all);
    let router = Router::new().route("/", user.post(upload)).route("/read", reading.post(upload));
    let (service, _) = start(router).await;
    for path in ["/", "/read"] {
        let call = service.post(path).header("content-type", "multipart/form-data; boundary=x").body(UPLOAD);
        call.header("x-api-token", "user").await.status(200).text("notes.txt: all the bytes");
        let call = service.post(path).header("content-type", "multipart/form-data; boundary=x").body(UPLOAD);
        call.await.status(401);
    }
}

#[derive(Deserialize)]
struct Search {
    q: String,
}

#[tokio::test]
async fn every_source_reaches_one_handler_behind_two_shields() {
    async fn echo(
        Passed(user): Passed<User>,
        _: Passed<Admin>,
        Path((shelf, id)): Path<(String, u32)>,
        Query(search): Query<Search>,
        headers: HeaderMap,
        Json(body): Json<Value>,
    ) -> Json<Value> {
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        Json(json!({
            "user": user.name, "shelf": shelf, "id": id, "q": search.q,
            "header": text("x-trace"), "cookie": text("cookie"), "body": body,
        }))
    }
    let admin = Stack::new().shield(api_token).shield(is_admin);
    let (service, _) = start(Router::new().route("/{shelf}/{id}", admin.put(echo))).await;
    let call = service.put("/t%C3%A9a/7?q=a%20b").header("x-api-token", "admin").header("x-trace", "t1");
    let answer = call.header("cookie", "theme=dark").json(&json!({ "n": [1, 2] })).await;
    assert_eq!(
        answer.status(200).json::<Value>(),
        json!({
            "user": "ann", "shelf": "téa", "id": 7, "q": "a b",
            "header": "t1", "cookie": "theme=dark", "body": { "n": [1, 2] },
        })
    );
}

/// A body that has been verified and parsed.
#[derive(Clone)]
struct Parsed(Value);

#[shield(name = "Parsed", decides, status = 400)]
fn parsed(Json(value): Json<Value>) -> Option<Parsed> {
    value.is_object().then_some(Parsed(value))
}

#[shield(name = "Length")]
fn has_length(body: Bytes) -> bool {
    !body.is_empty()
}

#[tokio::test]
async fn several_shields_and_the_handler_read_the_same_content() {
    async fn both(Passed(parsed): Passed<Parsed>, body: String) -> String {
        format!("{} = {body}", parsed.0)
    }
    let stack = Stack::new().shield(has_length).shield(parsed);
    let (service, _) = start(Router::new().route("/", stack.post(both))).await;
    service.post("/").json(&json!({ "a": 1 })).await.status(200).text("{\"a\":1} = {\"a\":1}");
    service.post("/").json(&json!([1])).await.status(400).problem().shield("Parsed");
    service.post("/").header("content-type", "application/json").await.status(403).problem().shield("Length");
}

#[tokio::test]
async fn content_that_a_shield_reads_is_bounded() {
    async fn count(body: Bytes) -> String {
        body.len().to_string()
    }
    let open = Stack::public("to count bytes").shield(has_length);
    let small = Router::new().route("/small", open.post(count)).layer(DefaultBodyLimit::max(10));
    let unlimited = Router::new().route("/unlimited", open.post(count)).layer(DefaultBodyLimit::disable());
    let (service, _) = start(small.merge(unlimited).route("/default", open.post(count))).await;
    service.post("/small").body("0123456789").await.status(200).text("10");
    service.post("/small").body("0123456789a").await.status(413).problem().shield("Length");
    // axum's own default, which is 2 MiB.
    service.post("/default").body(vec![b'x'; 2_097_152]).await.status(200);
    service.post("/default").body(vec![b'x'; 2_097_153]).await.status(413);
    service.post("/unlimited").body(vec![b'x'; 2_097_152]).await.status(200);
    service.post("/unlimited").body(vec![b'x'; 2_097_153]).await.status(413).problem().shield("Length");
}

#[tokio::test]
async fn content_that_no_shield_reads_streams_through() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (echo, mut pieces) = mpsc::unbounded_channel();
    let log = seen.clone();
    let handler = move |_: Passed<User>, request: Request| {
        let (log, echo) = (log.clone(), echo.clone());
        async move {
            let mut body = request.into_body().into_data_stream();
            while let Some(Ok(piece)) = futures_util::StreamExt::next(&mut body).await {
                log.lock().unwrap().push(piece.clone());
                echo.send(piece).unwrap();
            }
        }
    };
    let user = Stack::new().shield(api_token);
    let router = Router::new().route("/", user.post(handler)).into_axum().with_state(App::default());

    let (send, receive) = mpsc::channel::<Bytes>(1);
    let stream = futures_util::stream::unfold(receive, async |mut receive| {
        receive.recv().await.map(|piece| (Ok::<_, std::io::Error>(piece), receive))
    });
    let request = axum::http::Request::post("/").header("x-api-token", "user");
    let request = request.body(Body::from_stream(stream)).unwrap();
    let response = tokio::spawn(tower::ServiceExt::oneshot(router, request));
    for piece in ["one", "two"] {
        // The second piece is only sent once the handler has had the first.
        send.send(Bytes::from(piece)).await.unwrap();
        assert_eq!(pieces.recv().await.unwrap(), piece);
    }
    drop(send);
    assert_eq!(response.await.unwrap().unwrap().status(), 200);
    assert_eq!(*seen.lock().unwrap(), ["one", "two"]);
}
