include!("../common.rs");

#[shield(
    nam = "API Token",
    decides,
    protects,
    status = 200,
    status = 401,
    detail,
    header("x blocked" = "yes"),
    header("Content-Length" = "3"),
    member("status" = 1),
    challenge = "Bearer\n",
    content_type = "text/html",
)]
fn bare_token(headers: HeaderMap) -> Option<User> {
    headers.get("x-token").map(|_| User { admin: false })
}

fn main() {
    // The shield is there all the same: no further error.
    let _: Router<App> = Router::new().route("/me", Stack::new().shield(bare_token).get(me));
}
