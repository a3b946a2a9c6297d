//! A service of one page with a style and scripts of its own, for judges of what browsers are told.

use std::process::ExitCode;

use axum::{
    http::header,
    response::{Html, IntoResponse},
};
use testudo::{CspNonce, Router, Service, Stack};

fn main() -> ExitCode {
    Service::new("page").routes(routes).run()
}

fn routes() -> Router {
    let open = Stack::public("a page for everybody");
    Router::new()
        .route("/", open.get(page))
        .route("/page.css", open.get(style))
        .route("/page.js", open.get(script))
}

async fn page(nonce: CspNonce) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><title>A page</title><link rel=\"stylesheet\" href=\"/page.css\">\
         <script nonce=\"{nonce}\" src=\"/page.js\"></script>\
         <script nonce=\"{nonce}\">document.title = 'This page'</script><p>Hello</p></html>"
    ))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], "p { color: green }")
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], "console.log('this page')")
}
