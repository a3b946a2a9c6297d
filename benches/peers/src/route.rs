//! The one route that every peer serves, and the request for it.

use axum::{Json, extract::Path};
use serde::Serialize;

/// Where the route is.
pub const PATH: &str = "/products/{id}";
/// The one host that all peers with a list answer to.
pub const HOST: &str = "shop.example.com";
/// The one origin whose pages may call.
pub const ORIGIN: &str = "https://www.example.com";

/// What is for sale.
#[derive(Debug, Serialize)]
pub struct Product {
    id: u32,
    name: &'static str,
    description: &'static str,
    price: f64,
    category: &'static str,
    in_stock: bool,
}

/// Answers with a product.
#[expect(clippy::unused_async, reason = "a handler is asynchronous")]
pub async fn product(Path(id): Path<u32>) -> Json<Product> {
    Json(Product {
        id,
        name: "Headphones",
        description: "Wireless headphones that keep the noise out",
        price: 199.5,
        category: "electronics",
        in_stock: true,
    })
}

/// The request as it goes over the wire: what a client of an API sends.
pub fn request() -> Vec<u8> {
    format!(
        "GET /products/2 HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: shop-client/4.2 (Linux; x86_64)\r\n\
         Accept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
    )
    .into_bytes()
}
