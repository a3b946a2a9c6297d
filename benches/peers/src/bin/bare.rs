//! The route on bare axum: no layer, no log, nothing counted.

use anyhow::Result;
use axum::{Router, routing::get};
use testudo_bench_peers::{
    route::{PATH, product},
    serve,
};

fn main() -> Result<()> {
    serve(|| Router::new().route(PATH, get(product)))
}
