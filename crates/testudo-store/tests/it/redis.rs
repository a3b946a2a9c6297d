//! What is on the server.

use std::time::{Duration, Instant};

use testudo_store::{Limiter, Outcome, Policy, Redis, RedisOptions};

use crate::stores::{key, redis, server};

/// The name of the one key there, as the status of a script.
const ONLY_KEY: &str = "return {ok=redis.call('KEYS','*')[1]}";

#[tokio::test]
async fn a_key_says_nothing_and_leaves_by_itself() {
    let Some(server) = server("a_key_says_nothing_and_leaves_by_itself") else { return };
    let limiter = Limiter::redis(redis(&server));
    let period = Duration::from_millis(300);
    for policy in [Policy::gcra("short", 1, period, 1).unwrap(), Policy::window("short", 1, period).unwrap()]
    {
        // What costs nothing leaves nothing.
        limiter.decide(&policy, &key("203.0.113.7"), 0).await.unwrap();
        assert_eq!(server.execute(&["DBSIZE"]), ":0");
        limiter.decide(&policy, &key("203.0.113.7"), 1).await.unwrap();
        limiter.decide(&policy, &key("203.0.113.7"), 1).await.unwrap();
        let name = server.execute(&["EVAL", ONLY_KEY, "0"]);
        // 32 bytes in base64, without padding.
        assert!(name.strip_prefix("+testudo:1:limit:").is_some_and(|rest| rest.len() == 43), "{name}");
        let end = Instant::now() + Duration::from_secs(30);
        while server.execute(&["DBSIZE"]) != ":0" {
            assert!(Instant::now() < end, "the key stays");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn services_of_different_names_share_nothing() {
    let Some(server) = server("services_of_different_names_share_nothing") else { return };
    let policy = Policy::window("same", 1, Duration::from_hours(1)).unwrap();
    for (namespace, passes) in [("shop", true), ("search", true), ("shop", false)] {
        let mut options = RedisOptions::new(server.url());
        options.namespace = namespace.to_owned();
        let limiter = Limiter::redis(Redis::open(&options).unwrap());
        let decision = limiter.decide(&policy, &key("same"), 1).await.unwrap();
        assert_eq!(decision.outcome.lets_pass(), passes, "{namespace}");
    }
}

#[tokio::test]
async fn a_decision_is_one_round_trip() {
    let Some(server) = server("a_decision_is_one_round_trip") else { return };
    let limiter = Limiter::redis(redis(&server));
    let period = Duration::from_mins(1);
    for policy in [Policy::gcra("trips", 1, period, 9).unwrap(), Policy::window("trips", 9, period).unwrap()]
    {
        limiter.decide(&policy, &key("warm"), 1).await.unwrap();
        server.execute(&["CONFIG", "RESETSTAT"]);
        for _ in 0..5 {
            limiter.decide(&policy, &key("trips"), 1).await.unwrap();
        }
        let calls = "local stats = redis.call('INFO', 'commandstats') \
            return {ok=string.match(stats, 'cmdstat_evalsha:calls=(%d+)') .. \
            (string.find(stats, 'cmdstat_script') and ' and scripts' or ' and nothing else')}";
        assert_eq!(server.execute(&["EVAL", calls, "0"]), "+5 and nothing else");
    }
}

/// The server's clock was ahead when the units passed, by an hour.
#[tokio::test]
async fn a_server_whose_clock_was_set_back_frees_nobody_and_locks_nobody_out_for_longer_than_a_period() {
    let test = "a_server_whose_clock_was_set_back_frees_nobody_and_locks_nobody_out_for_longer_than_a_period";
    let Some(server) = server(test) else { return };
    let limiter = Limiter::redis(redis(&server));
    let period = Duration::from_mins(1);
    let gcra = Policy::gcra("ahead", 1, period, 2).unwrap();
    let window = Policy::window("ahead", 2, period).unwrap();
    let ahead_gcra = "local key = redis.call('KEYS','*')[1] \
        redis.call('SET', key, string.format('%.0f', redis.call('GET', key) + 3600000000)) return {ok='done'}";
    let ahead_window = "local key = redis.call('KEYS','*')[1] \
        local later = string.format('%.0f', redis.call('HGET', key, 'last') + 3600000000) \
        redis.call('HSET', key, 'last', later, '0', later .. ':2') return {ok='done'}";
    for (policy, ahead) in [(gcra, ahead_gcra), (window, ahead_window)] {
        server.execute(&["FLUSHALL"]);
        assert_eq!(limiter.decide(&policy, &key("ahead"), 2).await.unwrap().outcome, Outcome::Admitted);
        assert_eq!(server.execute(&["EVAL", ahead, "0"]), "+done");
        for _ in 0..2 {
            let denied = limiter.decide(&policy, &key("ahead"), 1).await.unwrap();
            assert_eq!((denied.outcome, denied.remaining), (Outcome::Denied, 0), "{denied:?}");
            assert!(denied.retry_after <= period && denied.reset_after <= period * 2, "{denied:?}");
        }
    }
}
