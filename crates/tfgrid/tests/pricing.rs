//! Prices are the chain's.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use tfgrid::deployment::{Compute, Deployment, PublicIp, Volume, Workload, WorkloadData, Zmachine};
use tfgrid::pricing::{Discount, Policy, Resources, Tft, TftPrice, Usd};

const GIB: u64 = 1 << 30;
const POLICY: Policy = Policy::REFERENCE;

fn machine(cru: u64, mru: u64) -> Resources {
    Resources {
        cru,
        mru,
        ..Resources::default()
    }
}

#[test]
fn units_cost_what_the_price_list_says() {
    let month = |resources| POLICY.month(&resources).to_string();
    let nothing = Resources::default();
    assert_eq!(month(nothing), "0.00 USD");
    let sru = 200 * GIB;
    assert_eq!(month(Resources { sru, ..nothing }), "3.60 USD");
    let hru = 1200 * GIB;
    assert_eq!(month(Resources { hru, ..nothing }), "3.60 USD");
    assert_eq!(
        month(Resources {
            public_ips: 2,
            ..nothing
        }),
        "5.76 USD"
    );
    assert_eq!(POLICY.name_month().to_string(), "0.18 USD");
    assert_eq!(month(machine(2, 4 * GIB)), "7.20 USD");
    assert_eq!(POLICY.hour(&machine(2, 4 * GIB)), Usd(100_000));
}

/// min(max(mru/4, cru/2), max(mru/8, cru), max(mru/2, cru/4)), in hundredths of a unit.
#[test]
fn a_compute_unit_is_the_cheapest_of_three_mixes() {
    for (cru, gib, hundredths) in [
        (1, 2, 50),   // balanced
        (1, 8, 100),  // memory: one processor's worth
        (1, 16, 200), // memory, an eighth each
        (4, 2, 100),  // processors, a quarter each
        (8, 1, 200),
        (2, 6, 150),
        (0, 8, 100),
        (8, 0, 200),
    ] {
        let hour = POLICY.hour(&machine(cru, gib * GIB));
        assert_eq!(hour, Usd(hundredths * 1000), "{cru} and {gib} GiB");
    }
    // Half a GiB is not lost.
    assert_eq!(POLICY.hour(&machine(1, 5 * GIB / 2)), Usd(62_500));
}

#[test]
fn a_deployment_is_priced_with_root_disk_and_address() {
    let vm = Zmachine {
        compute_capacity: Compute {
            cpu: 2,
            memory: 4 * GIB,
        },
        size: 10 * GIB,
        ..Zmachine::default()
    };
    let mut workloads = vec![
        Workload::new("vm", WorkloadData::Zmachine(vm)),
        Workload::new("disk", WorkloadData::Zmount(Volume { size: 100 * GIB })),
        Workload::new(
            "ip6",
            WorkloadData::Ip(PublicIp {
                v4: false,
                v6: true,
            }),
        ),
    ];
    let month = |workloads: &[Workload]| {
        let deployment = Deployment::new(1, workloads.to_vec());
        POLICY.month(&deployment.resources()).to_string()
    };
    assert_eq!(month(&workloads), "9.18 USD");
    workloads.push(Workload::new(
        "ip4",
        WorkloadData::Ip(PublicIp { v4: true, v6: true }),
    ));
    assert_eq!(month(&workloads), "12.06 USD");
    assert_eq!(month(&[]), "0.00 USD");
}

#[test]
fn a_whole_node_is_cheaper_and_may_have_a_fee() {
    let node = Resources {
        public_ips: 5,
        sru: 200 * GIB,
        ..machine(2, 4 * GIB)
    };
    assert_eq!(POLICY.dedicated_month(&node, 0).to_string(), "5.40 USD");
    assert_eq!(POLICY.dedicated_month(&node, 1500).to_string(), "6.90 USD");
    let free = Policy {
        dedicated_discount: 200,
        ..POLICY
    };
    assert_eq!(free.dedicated_month(&node, 0), Usd(0));
    assert_eq!(Usd(72_000_000).certified().to_string(), "9.00 USD");
}

#[test]
fn tft_are_reckoned_at_the_price_between_its_bounds() {
    let price = |average| TftPrice {
        average,
        min: 10,
        max: 1000,
    };
    assert_eq!([0, 30, 5000].map(|p| price(p).billed()), [10, 30, 1000]);
    assert_eq!(
        price(30).tft(Usd::ONE).unwrap().to_string(),
        "33.3333334 TFT"
    );
    assert_eq!(price(5000).tft(Usd::ONE), Ok(Tft::ONE));
    assert_eq!(price(10).tft(Usd(0)), Ok(Tft(0)));
    let none = TftPrice {
        average: 0,
        min: 0,
        max: 0,
    };
    let why = none.tft(Usd::ONE).unwrap_err().to_string();
    assert!(why.contains("read the price"), "{why}");
}

#[test]
fn discounts_begin_exactly_at_their_months() {
    let month = Tft(1001);
    for (halves, discount, percent) in [
        (3, Discount::Default, 20),
        (6, Discount::Bronze, 30),
        (12, Discount::Silver, 40),
        (36, Discount::Gold, 60),
    ] {
        let balance = (halves * month.0).div_ceil(2);
        assert_eq!(Discount::of(Tft(balance), month), discount);
        assert!(Discount::of(Tft(balance - 1), month) < discount);
        assert_eq!(discount.percent(), percent);
    }
    assert_eq!(Discount::of(Tft(u64::MAX), Tft(0)), Discount::None);
    assert_eq!(Discount::of(Tft(0), month), Discount::None);
    assert_eq!(Discount::Gold.apply(Tft(1001)), Tft(401), "rounded up");
    assert_eq!(Discount::None.apply(Tft(1001)), Tft(1001));
}

#[test]
fn amounts_are_written_plainly() {
    for (amount, usd, tft) in [
        (0, "0.00 USD", "0 TFT"),
        (1, "0.0000001 USD", "0.0000001 TFT"),
        (5_000_000, "0.50 USD", "0.5 TFT"),
        (123_450_000, "12.345 USD", "12.345 TFT"),
        (
            u64::MAX,
            "1844674407370.9551615 USD",
            "1844674407370.9551615 TFT",
        ),
    ] {
        assert_eq!(Usd(amount).to_string(), usd);
        assert_eq!(Tft(amount).to_string(), tft);
    }
}

proptest! {
    /// The formula of the chain's code, in floating point.
    #[test]
    fn the_price_is_the_formulas(
        cru in 0_u64..128, mru in 0_u64..(1 << 40), sru in 0_u64..(1 << 45),
        hru in 0_u64..(1 << 45), public_ips in 0_u32..8,
    ) {
        let (c, m) = (cru as f64, mru as f64 / GIB as f64);
        let cu = (m / 4.).max(c / 2.).min((m / 8.).max(c)).min((m / 2.).max(c / 4.));
        let su = (hru as f64 / 1200. + sru as f64 / 200.) / GIB as f64;
        let expected = (cu * 100_000. + su * 50_000. + f64::from(public_ips) * 40_000.) * 720.;
        let ours = POLICY.month(&Resources { cru, mru, sru, hru, public_ips }).0 as f64;
        prop_assert!((ours - expected).abs() <= 1. + expected * 1e-12, "{ours} {expected}");
    }

    #[test]
    fn no_amount_overflows(
        cru: u64, mru: u64, sru: u64, hru: u64, public_ips: u32, cu: u32, su: u32, unit_bytes: u64,
    ) {
        let policy = Policy { cu, su, unit_bytes, ..POLICY };
        let resources = Resources { cru, mru, sru, hru, public_ips };
        let month = policy.month(&resources);
        prop_assert!(policy.hour(&resources) <= month);
        let _ = policy.dedicated_month(&resources, u64::MAX);
        let price = TftPrice { average: 1, min: 1, max: 1 };
        let _ = Discount::of(Tft(mru), price.tft(month.certified()).unwrap()).apply(Tft(u64::MAX));
    }
}
