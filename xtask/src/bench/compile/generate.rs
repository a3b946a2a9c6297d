//! Writes the services that are compiled.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::service::{Form, Service};
use crate::workspace::Workspace;

/// Writes all services as a workspace of their own and returns its folder.
pub(super) fn all(workspace: &Workspace) -> Result<PathBuf> {
    let home = workspace.target.join("bench-compile");
    fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
    fs::copy(workspace.root.join("Cargo.lock"), home.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
    let services = Service::all();
    fs::write(home.join("Cargo.toml"), root_manifest(&workspace.root, &services))?;
    for service in services {
        let package = home.join(service.package());
        fs::create_dir_all(package.join("src"))?;
        fs::write(package.join("Cargo.toml"), manifest(service))?;
        fs::write(package.join("src/lib.rs"), source(service)?)?;
    }
    Ok(home)
}

fn root_manifest(root: &Path, services: &[Service]) -> String {
    let members: Vec<String> = services.iter().map(|service| format!("{:?}", service.package())).collect();
    let testudo = root.join("crates/testudo");
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[workspace.dependencies]\n\
         axum = \"0.8.9\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
         testudo = {{ path = \"{}\", default-features = false }}\n",
        members.join(", "),
        testudo.display()
    )
}

fn manifest(service: Service) -> String {
    format!(
        "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\naxum.workspace = true\nserde.workspace = true\ntestudo.workspace = true\n",
        service.package()
    )
}

/// Handlers with two passed values, state and a body each; shields that build on the one above.
fn source(service: Service) -> Result<String, std::fmt::Error> {
    let mut code = String::from(PREAMBLE);
    for number in 0..service.size.shields {
        shield(&mut code, service.form, number)?;
    }
    for number in 0..service.size.routes {
        handler(&mut code, service, number)?;
    }
    routes(&mut code, service)?;
    Ok(code)
}

const PREAMBLE: &str = "#![allow(unused)]
use axum::{Extension, Json, extract::{FromRef, Request, State}, http::HeaderMap, middleware::Next, response::Response};
use testudo::*;

#[derive(Clone)]
struct Db;

#[derive(Clone)]
pub struct App {
    db: Db,
}

impl FromRef<App> for Db {
    fn from_ref(app: &App) -> Db {
        app.db.clone()
    }
}

#[derive(serde::Deserialize)]
struct Body {
    n: u32,
}
";

fn shield(code: &mut String, form: Form, number: usize) -> std::fmt::Result {
    writeln!(code, "\n#[derive(Clone)]\nstruct Value{number}(u32);\n")?;
    match (form, number.checked_sub(1)) {
        (Form::Plain, _) => writeln!(
            code,
            "async fn shield{number}(headers: HeaderMap, mut request: Request, next: Next) -> Response {{
    request.extensions_mut().insert(Value{number}({number}));
    next.run(request).await
}}"
        ),
        (_, None) => writeln!(
            code,
            "#[shield(decides)]
fn shield{number}(headers: HeaderMap) -> Option<Value{number}> {{
    Some(Value{number}({number}))
}}"
        ),
        (_, Some(above)) => writeln!(
            code,
            "#[shield(decides)]
fn shield{number}(Passed(above): Passed<Value{above}>) -> Option<Value{number}> {{
    Some(Value{number}({number}))
}}"
        ),
    }
}

fn handler(code: &mut String, Service { size, form }: Service, number: usize) -> std::fmt::Result {
    let wrapper = if form == Form::Plain { "Extension" } else { "Passed" };
    let first = number % size.shields;
    let second = size.shields - 1 - first;
    let second = if first == second { "HeaderMap".to_owned() } else { format!("{wrapper}<Value{second}>") };
    writeln!(
        code,
        "\nasync fn handler{number}(a: {wrapper}<Value{first}>, b: {second}, State(db): State<Db>, \
         Json(body): Json<Body>) -> String {{
    format!(\"{{}}\", body.n)
}}"
    )
}

fn routes(code: &mut String, Service { size, form }: Service) -> std::fmt::Result {
    let shields: Vec<String> = (0..size.shields).map(|number| format!(".shield(shield{number})")).collect();
    let shields = shields.concat();
    let (router, post) = match form {
        Form::Plain => ("axum::Router", "axum::routing::post".to_owned()),
        Form::Shared => ("Router", "stack.post".to_owned()),
        Form::PerRoute => ("Router", format!("Stack::<App>::new(){shields}.post")),
        Form::PerRouteInferred => ("Router", format!("Stack::new(){shields}.post")),
    };
    writeln!(code, "\npub fn routes() -> {router}<App> {{")?;
    if form == Form::Shared {
        writeln!(code, "    let stack = Stack::<App>::new(){shields};")?;
    }
    writeln!(code, "    {router}::new()")?;
    for number in 0..size.routes {
        writeln!(code, "        .route(\"/r{number}\", {post}(handler{number}))")?;
    }
    if form == Form::Plain {
        for number in (0..size.shields).rev() {
            writeln!(code, "        .layer(axum::middleware::from_fn(shield{number}))")?;
        }
    }
    writeln!(code, "}}")
}
