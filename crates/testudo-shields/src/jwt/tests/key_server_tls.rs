//! A key server behind TLS: whom it is trusted to be.

use std::{net::SocketAddr, sync::Arc};

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::fixture::*;

/// Answers every request over TLS with this text.
async fn publish(certified: &CertifiedKey<KeyPair>, keys: String) -> SocketAddr {
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await;
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{keys}", keys.len());
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

#[tokio::test]
async fn only_a_key_server_with_a_trusted_certificate_for_its_name_is_believed() {
    let key = SigningKey::p256();
    let keys = json!({"keys": [key.published(json!({"kid": "a"}))]}).to_string();
    let mine = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let elsewhere = generate_simple_self_signed(["id.example.com".to_owned()]).unwrap();
    let (trusted, misnamed) = (publish(&mine, keys.clone()).await, publish(&elsewhere, keys).await);
    for (name, address, authority, outcome) in [
        ("trusted", trusted, Some(&mine), Outcome::Passed),
        ("trusted by nobody", trusted, None, Outcome::Failed),
        ("trusted by another", trusted, Some(&other), Outcome::Failed),
        ("trusted under another name", misnamed, Some(&elsewhere), Outcome::Failed),
    ] {
        let url = format!("https://localhost:{}/jwks.json", address.port());
        let authority = authority.map(|certified| certified.cert.pem());
        let members = json!({"jwks_url": url, "algorithms": ["ES256"], "jwks_ca": authority});
        let guard = Guard::new(settings(members).unwrap());
        assert_eq!(guard.token(&key.token("a")).await, outcome, "{name}");
    }
}
