//! A real Prometheus reads the metrics, and its own checker has nothing to say.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::fixture::{Client, PATIENCE, Response, Service, has};

const FAMILIES: [&str; 10] = [
    "http_server_request_duration_seconds_count",
    "http_server_request_duration_seconds_bucket",
    "http_server_active_requests",
    "shield_validations_total",
    "shield_validation_seconds_count",
    "log_lines_dropped_total",
    "process_start_time_seconds",
    "process_resident_memory_bytes",
    "target_info",
    "build_info",
];

fn busy() -> Service {
    let service = Service::start("hosts.allowed = [\"localhost\"]\n");
    for path in ["/", "/guarded", "/limited", "/broken", "/panic", "/nowhere", "/health"] {
        service.get(path);
    }
    service.connect().call("GET", "/", &[("Host", "evil.test")], b"");
    service
}

fn metrics(service: &Service, accept: &str) -> Response {
    Client::connect(service.admin).call("GET", "/metrics", &[("Accept", accept)], b"")
}

#[test]
fn promtool_has_nothing_to_say_about_the_page() {
    if !has("promtool") {
        return;
    }
    let service = busy();
    let page = metrics(&service, "text/plain");
    assert!(page.field("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    promtool.stdin.take().unwrap().write_all(&page.content).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.trim().is_empty(), "{said}\n{}", page.text());
}

#[test]
fn both_forms_of_the_page_have_the_same_samples() {
    let service = busy();
    let names = |page: &Response| -> BTreeSet<(String, BTreeSet<String>)> {
        let text = page.text();
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        samples.filter_map(|line| Some(taken_apart(line.rsplit_once(' ')?.0))).collect()
    };
    let (text, open) = (metrics(&service, "text/plain"), metrics(&service, "application/openmetrics-text"));
    assert!(open.field("content-type").unwrap().starts_with("application/openmetrics-text; version=1.0.0"));
    assert!(open.text().ends_with("# EOF\n"));
    let (text, open) = (names(&text), names(&open));
    let differ: Vec<_> = text.symmetric_difference(&open).collect();
    assert!(differ.is_empty() && text.len() > 50, "{differ:#?}");
}

/// The name of a series, and its labels in no order. The two forms write the bounds of buckets differently.
fn taken_apart(series: &str) -> (String, BTreeSet<String>) {
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let as_number = |label: &str| match label.strip_prefix("le=\"").map(str::parse::<f64>) {
        Some(Ok(bound)) => format!("le={bound}"),
        _ => label.to_owned(),
    };
    (name.to_owned(), labels.trim_end_matches("\"}").split("\",").map(as_number).collect())
}

/// A Prometheus that scrapes one service.
struct Prometheus {
    process: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Prometheus {
    fn scrape(target: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}\nscrape_configs:\n- job_name: fixture\n  static_configs: [{{targets: ['{target}']}}]\n"
        );
        std::fs::write(folder.path().join("prometheus.yml"), config).unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let process = Command::new("prometheus")
            .current_dir(folder.path())
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, address, _folder: folder }
    }

    fn query(&self, query: &str) -> Option<Value> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        write!(stream, "GET /api/v1/query?query={query} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (_, content) = answer.split_once("\r\n\r\n")?;
        let mut answer: Value = serde_json::from_str(content).ok()?;
        Some(answer["data"]["result"].take())
    }

    /// Asks again and again until there is something: Prometheus tells nobody when it has scraped.
    #[track_caller]
    fn poll(&self, query: &str) -> Value {
        let begin = Instant::now();
        loop {
            match self.query(query) {
                Some(result) if result.as_array().is_some_and(|found| !found.is_empty()) => return result,
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
            assert!(begin.elapsed() < PATIENCE, "Prometheus has no {query}");
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn prometheus_scrapes_the_operators_listener_and_answers_for_every_family() {
    if !has("prometheus") {
        return;
    }
    let service = busy();
    let prometheus = Prometheus::scrape(service.admin);
    assert_eq!(prometheus.poll("up")[0]["value"][1], "1");
    for family in FAMILIES {
        let found = prometheus.poll(family);
        assert_eq!(found[0]["metric"]["job"], "fixture", "{family}");
    }
    let blocked = prometheus
        .poll("shield_validations_total%7Bshield_name%3D%22API+Token%22%2Cresult%3D%22blocked%22%7D");
    assert_eq!(blocked[0]["value"][1], "1");
    let quantile = "histogram_quantile(0.99,sum+by(le)(http_server_request_duration_seconds_bucket))";
    assert!(prometheus.poll(quantile)[0]["value"][1].as_str().unwrap().parse::<f64>().unwrap() > 0.0);
}
