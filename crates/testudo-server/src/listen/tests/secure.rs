//! TLS over real sockets.

use std::path::PathBuf;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{client::Client, *};

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.renew();
        files
    }

    fn renew(&self) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(self.certificate(), made.cert.pem()).unwrap();
        std::fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
    }

    fn certificate(&self) -> PathBuf {
        self.0.path().join("tls.crt")
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("tls.key")
    }

    fn serve(&self, limits: Limits) -> (Served, Tls) {
        let tls = Tls::load(self.certificate(), self.key(), limits.http2).unwrap();
        let listener = bind(IpAddr::V4(Ipv4Addr::LOCALHOST), 0, false, "server").unwrap();
        (Served::on(listener, limits, times(0, 10_000), Some(tls.clone())), tls)
    }

    /// Connects as a client that trusts what the file holds now.
    async fn connect(
        &self,
        address: SocketAddr,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.certificate()).unwrap()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        within(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
    }
}

#[tokio::test]
async fn the_protocol_is_agreed_on_in_the_handshake() {
    let files = Files::new();
    let (served, _tls) = files.serve(limits());
    let stream = files.connect(served.address, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, _connection) = http2::connect(stream).await;
    let response = within(sender.send_request(http2::get("/two"))).await.unwrap();
    assert_eq!(http2::text(response).await, "/two");

    for protocols in [&["http/1.1"][..], &[]] {
        let mut stream = files.connect(served.address, protocols).await.unwrap();
        stream.write_all(b"GET /one HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        // To the end, which has to be said: a connection cut short may be an attack.
        within(stream.read_to_string(&mut answer)).await.unwrap();
        assert!(answer.ends_with("/one"), "{protocols:?}: {answer}");
    }
}

#[tokio::test]
async fn without_http2_it_is_not_offered() {
    let files = Files::new();
    let (served, _tls) = files.serve(Limits { http2: false, ..limits() });
    let stream = files.connect(served.address, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn a_renewed_certificate_is_used_for_new_connections_and_old_ones_go_on() {
    let files = Files::new();
    let (served, tls) = files.serve(limits());
    let wake = Arc::new(Notify::new());
    tokio::spawn(tls.keep_current(Arc::clone(&wake)));
    let stream = files.connect(served.address, &["h2"]).await.unwrap();
    let (mut before, _connection) = http2::connect(stream).await;

    files.renew();
    assert!(files.connect(served.address, &[]).await.is_err(), "it is not the one in use");
    wake.notify_one();
    within(async { while files.connect(served.address, &[]).await.is_err() {} }).await;
    assert!(within(before.send_request(http2::get("/"))).await.is_ok());
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_closed_and_one_that_is_none_is_counted() {
    let files = Files::new();
    let (served, _tls) = files.serve(Limits { handshake_timeout: millis(100), ..limits() });
    assert_eq!(Client::connect(served.address).await.rest().await, "");
    assert_eq!(served.counters.timed_out(TimedOut::Handshake), 1);
    let mut plain = Client::connect(served.address).await;
    plain.ask("/").await;
    plain.rest().await;
    assert_eq!(served.counters.handshake_failed(), 1);
    eventually("none is open", || served.counters.open() == 0).await;
}
