//! Several processes share one Redis.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use testudo_store::{Limiter, Outcome, Policy, Redis, RedisOptions};

use crate::{
    model::Model,
    stores::{key, server},
};

/// Where a process of this test finds the server.
const URL: &str = "TESTUDO_TEST_LIMIT_URL";
/// What stands in front of every decision that it reports.
const MARK: &str = "decided ";
const PROCESSES: usize = 4;
const TASKS: usize = 50;
const DECISIONS: usize = 30;

fn policies() -> [(Policy, Model); 2] {
    let gcra = Policy::gcra("shared", 500, Duration::from_secs(1), 40).unwrap();
    let window = Policy::window("shared", 40, Duration::from_millis(100)).unwrap();
    [(gcra, Model::gcra(2_000, 40)), (window, Model::window(100_000, 40))]
}

#[test]
fn four_processes_get_exactly_what_the_definition_gives_by_the_servers_clock() {
    let test = "four_processes_get_exactly_what_the_definition_gives_by_the_servers_clock";
    let Some(server) = server(test) else { return };
    let processes: Vec<_> = (0..PROCESSES)
        .map(|_| {
            let mut process = Command::new(std::env::current_exe().unwrap());
            process
                .args(["--exact", "processes::one_of_four_processes", "--nocapture"])
                .env(URL, server.url());
            process.stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut decisions: [Vec<(u64, bool)>; 2] = Default::default();
    for process in processes {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success());
        let output = String::from_utf8(output.stdout).unwrap();
        for line in output.lines().filter_map(|line| line.split_once(MARK)) {
            let fields: Vec<u64> = line.1.split(' ').map(|field| field.parse().unwrap()).collect();
            decisions[usize::try_from(fields[0]).unwrap()].push((fields[1], fields[2] == 1));
        }
    }
    for ((policy, mut model), mut decisions) in policies().into_iter().zip(decisions) {
        assert_eq!(decisions.len(), PROCESSES * TASKS * DECISIONS);
        decisions.sort_unstable_by_key(|(at, admitted)| (*at, !admitted));
        let passed = decisions.iter().filter(|(_, admitted)| *admitted).count();
        let took = decisions.last().unwrap().0 - decisions[0].0;
        println!("{:?}: {passed} of {} passed within {took} us", policy, decisions.len());
        for (at, admitted) in decisions {
            assert_eq!(model.decide(at, 1), admitted, "{policy:?} at {at}");
        }
    }
}

/// Not a test of its own: what each of the four processes runs.
#[test]
fn one_of_four_processes() {
    let Ok(url) = std::env::var(URL) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut options = RedisOptions::new(url);
    options.response_timeout = Duration::from_secs(20);
    let limiter = Limiter::redis(Redis::open(&options).unwrap());
    runtime.block_on(async {
        for (index, (policy, _)) in policies().into_iter().enumerate() {
            let tasks: Vec<_> = (0..TASKS)
                .map(|_| {
                    let (limiter, policy) = (limiter.clone(), policy.clone());
                    tokio::spawn(async move {
                        let mut decisions = Vec::new();
                        for _ in 0..DECISIONS {
                            decisions.push(limiter.decide(&policy, &key("shared"), 1).await.unwrap());
                        }
                        decisions
                    })
                })
                .collect();
            for task in tasks {
                for decision in task.await.unwrap() {
                    let admitted = u8::from(decision.outcome == Outcome::Admitted);
                    println!("\n{MARK}{index} {} {admitted}", decision.at.as_micros());
                }
            }
        }
    });
}
