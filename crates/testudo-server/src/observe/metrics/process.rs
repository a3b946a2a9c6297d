//! What the operating system knows of the process, read when somebody asks.

use std::{fmt, fs};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
};

/// Ticks a second in `/proc` (`USER_HZ`): 100 on every architecture that Rust runs on with Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// The process, under the names that all Prometheus clients use for it. What the system does not tell is left out:
/// everything, where there is no `/proc`.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let stat = read("/proc/self/stat").and_then(|stat| Stat::parse(&stat));
        let boot = read("/proc/stat").and_then(|stat| number_after(&stat, "btime"));
        if let Some(stat) = &stat {
            counter(&mut encoder, "process_cpu_seconds", "CPU time spent, in seconds", stat.cpu_seconds)?;
            gauge(&mut encoder, "process_threads", "Threads", stat.threads)?;
        }
        if let (Some(stat), Some(boot)) = (&stat, boot) {
            let started = boot + stat.started_after_boot;
            gauge(&mut encoder, "process_start_time_seconds", "Start, in seconds since 1970", started)?;
        }
        if let Some(kib) = read("/proc/self/status").and_then(|status| number_after(&status, "VmRSS:")) {
            let help = "Memory that is resident, in bytes";
            gauge(&mut encoder, "process_resident_memory_bytes", help, kib * 1_024.0)?;
        }
        if let Some(open) = open_files() {
            gauge(&mut encoder, "process_open_fds", "File descriptors that are open", open)?;
        }
        if let Some(max) = read("/proc/self/limits").and_then(|text| number_after(&text, "Max open files")) {
            gauge(&mut encoder, "process_max_fds", "File descriptors that may be open", max)?;
        }
        Ok(())
    }
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: f64) -> fmt::Result {
    let metric = ConstCounter::new(value);
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: f64) -> fmt::Result {
    let metric = ConstGauge::new(value);
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 files open")]
fn open_files() -> Option<f64> {
    // Reading the folder opens one.
    fs::read_dir("/proc/self/fd").ok().map(|open| open.count().saturating_sub(1) as f64)
}

/// The number behind a word that begins a line.
fn number_after(text: &str, word: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(word))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What `/proc/self/stat` says (proc(5)).
#[derive(Debug, PartialEq)]
struct Stat {
    cpu_seconds: f64,
    threads: f64,
    started_after_boot: f64,
}

impl Stat {
    fn parse(text: &str) -> Option<Self> {
        // The second field is the program's name, which may hold spaces and parentheses.
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // proc(5) counts from 1, and `rest` begins with field 3.
        let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
        Some(Self {
            cpu_seconds: (field(14)? + field(15)?) / TICKS_A_SECOND,
            threads: field(20)?,
            started_after_boot: field(22)? / TICKS_A_SECOND,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_stat_are_found_behind_any_program_name() {
        let expected = Stat { cpu_seconds: 1.75, threads: 9.0, started_after_boot: 123.45 };
        for name in ["catalog", "a b", ") R 1 (", "):"] {
            let line = format!("7 ({name}) S 1 7 7 0 -1 4194560 1 0 0 0 150 25 0 0 20 0 9 0 12345 1000 250");
            assert_eq!(Stat::parse(&line).as_ref(), Some(&expected), "{name}");
        }
        assert_eq!(Stat::parse("7 (x) S 1"), None);
    }

    #[test]
    fn a_number_is_taken_from_its_own_line() {
        let status = "VmPeak:\t  9 kB\nVmRSS:\t    2048 kB\nThreads:\t4\n";
        assert_eq!(number_after(status, "VmRSS:"), Some(2_048.0));
        assert_eq!(number_after(status, "VmSwap:"), None);
        assert_eq!(number_after("Max open files            unlimited  files", "Max open files"), None);
    }
}
