// Included by the examples of `Token`: a token that a service was given.

pub use testudo::prelude::*;
pub use testudo_shields::jwt::{self, Token};

#[derive(serde::Deserialize)]
pub struct Customer {
    pub plan: String,
}

pub fn given_token() -> Token<Customer> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let handler = move |Passed(token): Passed<Token<Customer>>| {
        let sender = sender.clone();
        async move { sender.send(token).unwrap() }
    };
    let clock = testudo_testkit::MockClock::at(std::time::SystemTime::UNIX_EPOCH).clock();
    let customers = Stack::new().shield(jwt::bearer::<Customer>("customers").clock(clock));
    let routes: Router = Router::new().route("/", customers.get(handler));
    let settings = [
        ("jwt.customers.issuer", "https://id.example.com"),
        ("jwt.customers.audience", "https://api.example.com"),
        ("jwt.customers.keys.main.algorithm", "HS256"),
        ("jwt.customers.keys.main.secret", "an example's secret, which is no secret"),
    ];
    testudo::bind(&routes, settings).unwrap();
    let claims = serde_json::json!({
        "iss": "https://id.example.com", "aud": "https://api.example.com", "sub": "ann", "jti": "t-7",
        "iat": 0, "exp": 600, "plan": "pro", "scope": "invoices:read invoices:write",
    });
    let key = jsonwebtoken::EncodingKey::from_secret(b"an example's secret, which is no secret");
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let service = testudo_testkit::TestService::start(routes, ()).await;
        service.get("/").bearer(&token).await.status(200);
    });
    receiver.recv().unwrap()
}
