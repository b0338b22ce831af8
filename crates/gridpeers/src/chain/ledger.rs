//! A chain in memory: blocks, a pool, finality that lags. What it writes, [`Version`] makes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use subxt::ext::codec::{Compact, Decode, Encode};
use tfgrid::chain::{Contract, ContractKind, Key};

use super::runtime::{Extrinsic, State, Version};
use crate::NodeContract;

use super::{GENESIS, blake2_256, hexed, metadata_144, scale, unhexed};

/// The chain.
pub struct Ledger {
    /// From the first on.
    pub blocks: Vec<Block>,
    /// What waits for a block.
    pub pool: Vec<Vec<u8>>,
    /// Whether each transaction makes a block.
    pub instant: bool,
    /// How many blocks finality is behind.
    pub lag: usize,
    /// How many of the newest blocks are remembered.
    pub remembers: usize,
    /// The nodes, which see each block's contracts.
    pub nodes: Option<crate::Ledger>,
    /// What runs from the next block on.
    version: Arc<Version>,
}

/// A block, and what stands there when it ends.
pub struct Block {
    /// Its hash.
    pub hash: [u8; 32],
    body: Vec<Vec<u8>>,
    state: State,
    /// What makes its children.
    version: Arc<Version>,
}

/// What is answered instead of a result: code, message, data.
pub type Refusal = (i64, &'static str, &'static str);

impl Default for Ledger {
    fn default() -> Self {
        Self::new()
    }
}

impl Ledger {
    /// Spec 144, with a grid on it.
    pub fn new() -> Self {
        let version = Arc::new(Version::new(metadata_144(), 144));
        let grid = scale::grid().into_iter();
        let genesis = Block {
            hash: GENESIS,
            body: vec![],
            state: grid
                .map(|(key, value)| (version.key(&key), value))
                .collect(),
            version: Arc::clone(&version),
        };
        Self {
            blocks: vec![genesis],
            pool: vec![],
            instant: true,
            lag: 0,
            remembers: usize::MAX,
            nodes: None,
            version,
        }
    }

    /// The newest block's number.
    pub fn best(&self) -> usize {
        self.blocks.len() - 1
    }

    /// The number of the newest block that cannot be undone.
    pub fn finalized(&self) -> usize {
        self.best().saturating_sub(self.lag)
    }

    /// The next block puts this runtime in place; it runs from the one after on.
    pub fn upgrade(&mut self, version: Version) {
        self.version = Arc::new(version);
    }

    /// Makes a block of what waits.
    pub fn new_block(&mut self) {
        let parent = self.blocks.last().unwrap();
        let maker = Arc::clone(&parent.version);
        let mut state = parent.state.clone();
        let (body, kept) = std::mem::take(&mut self.pool)
            .into_iter()
            .partition::<Vec<_>, _>(|bytes| {
                let extrinsic = Extrinsic::decode(bytes);
                extrinsic.nonce <= maker.nonce(&state, &extrinsic.who)
            });
        self.pool = kept;
        let body: Vec<_> = body
            .into_iter()
            .filter(|bytes| self.check(&Extrinsic::decode(bytes)).is_ok())
            .collect();
        let mut events = Vec::new();
        for (index, bytes) in body.iter().enumerate() {
            let extrinsic = Extrinsic::decode(bytes);
            events.extend(maker.apply(&mut state, &extrinsic, index as u32));
        }
        let count = Compact(events.len() as u32).encode();
        state.insert(maker.key(&Key::Events), [count, events.concat()].concat());
        let number = self.blocks.len() as u64;
        self.blocks.push(Block {
            hash: blake2_256(&(self.blocks.last().unwrap().hash, number, &body).encode()),
            body,
            state,
            version: Arc::clone(&self.version),
        });
        self.tell_nodes();
    }

    fn tell_nodes(&self) {
        let Some(told) = &self.nodes else { return };
        let (mut nodes, mut names) = (BTreeMap::new(), BTreeMap::new());
        for contract in self.contracts() {
            let twin = contract.twin;
            match contract.kind {
                ContractKind::Node { node, hash, .. } => {
                    nodes.insert(contract.id, NodeContract { twin, node, hash });
                }
                ContractKind::Name(name) => {
                    names.insert(name, twin);
                }
                ContractKind::Rent { .. } => {}
            }
        }
        told.replace(nodes, names);
    }

    /// All contracts in the newest block.
    pub fn contracts(&self) -> Vec<Contract> {
        let first = self.version.key(&Key::Contract(0));
        let all = self.newest().iter();
        let contracts = all.filter(|(key, _)| key.starts_with(&first[..32]));
        let read =
            |(_, raw): (_, &Vec<u8>)| self.version.runtime.contract(raw).expect("a contract");
        contracts.map(read).collect()
    }

    /// How many contracts there have ever been.
    pub fn contracts_ever(&self) -> u64 {
        let counter = self.newest().get(&b"contracts"[..]);
        counter.map_or(0, |bytes| u64::decode(&mut &bytes[..]).unwrap())
    }

    /// Into the pool, if it takes it.
    pub fn submit(&mut self, bytes: Vec<u8>) -> Result<[u8; 32], Refusal> {
        if self.pool.contains(&bytes) {
            return Err((1013, "Transaction is already in the pool", ""));
        }
        self.check(&Extrinsic::decode(&bytes))?;
        let hash = blake2_256(&bytes);
        self.pool.push(bytes);
        if self.instant {
            self.new_block();
        }
        Ok(hash)
    }

    fn check(&self, extrinsic: &Extrinsic) -> Result<(), Refusal> {
        const INVALID: &str = "Invalid Transaction";
        let head = self.blocks.last().unwrap();
        let birth = extrinsic.birth(self.blocks.len() as u64);
        let Some(birth) = self.blocks.get(birth as usize) else {
            return Err((1010, INVALID, "Transaction has an ancient birth block"));
        };
        if !extrinsic.is_signed(head.version.spec, birth.hash) {
            return Err((1010, INVALID, "Transaction has a bad signature"));
        }
        if !head
            .state
            .contains_key(&head.version.key(&Key::Account(extrinsic.who)))
        {
            let why = "Inability to pay some fees (e.g. account balance too low)";
            return Err((1010, INVALID, why));
        }
        if extrinsic.nonce < head.version.nonce(&head.state, &extrinsic.who) {
            return Err((1010, INVALID, "Transaction is outdated"));
        }
        Ok(())
    }

    /// Writes raw keys and values, in hex, into the newest block.
    pub fn set(&mut self, pairs: &[(String, String)]) {
        let head = self.blocks.last_mut().unwrap();
        for (key, value) in pairs {
            head.state.insert(unhexed(key), unhexed(value));
        }
    }

    /// Does what it is told, and answers what a node answers.
    pub fn answer(&mut self, method: &str, params: &Value) -> Result<Value, Refusal> {
        match method {
            "author_submitExtrinsic" => {
                let hash = self.submit(unhexed(params[0].as_str().unwrap()))?;
                return Ok(hexed(&hash).into());
            }
            "dev_newBlock" => {
                for _ in 0..params[0]["count"].as_u64().unwrap_or(1) {
                    self.new_block();
                }
            }
            "dev_setBlockBuildMode" => self.instant = params[0] == "Instant",
            "dev_setStorage" => {
                self.set(&serde_json::from_value::<Vec<_>>(params[0].clone()).unwrap());
            }
            _ => return self.look(method, params),
        }
        Ok(Value::Null)
    }

    /// The same for who plays with it directly.
    pub fn set_keys(&mut self, values: &[(Key, Vec<u8>)]) {
        let head = self.blocks.last_mut().unwrap();
        for (key, value) in values {
            head.state.insert(self.version.key(key), value.clone());
        }
    }

    /// What stands in the newest block.
    pub fn newest(&self) -> &State {
        &self.blocks.last().unwrap().state
    }

    fn look(&self, method: &str, params: &Value) -> Result<Value, Refusal> {
        let unknown = (
            -32000,
            "Client error: UnknownBlock: State already discarded",
            "",
        );
        let at = |which: usize| match params[which].as_str() {
            None => Ok(self.best()),
            Some(hash) => self.number_of(hash).ok_or(unknown),
        };
        let all = |number: usize| &self.blocks[number];
        Ok(match method {
            "chain_getBlockHash" => {
                let number = params[0].as_u64().map_or(self.best(), |n| n as usize);
                let block = self.blocks.get(number);
                block.map_or(Value::Null, |block| hexed(&block.hash).into())
            }
            "chain_getFinalizedHead" => hexed(&all(self.finalized()).hash).into(),
            "chain_getHeader" => match at(0) {
                Ok(number) => self.header(number),
                Err(_) => Value::Null,
            },
            "chain_getBlock" => {
                let number = at(0)?;
                let body: Vec<_> = all(number).body.iter().map(|bytes| hexed(bytes)).collect();
                json!({"block": {"header": self.header(number), "extrinsics": body}, "justifications": null})
            }
            "state_getRuntimeVersion" => {
                let spec = all(at(0)?).version.spec;
                json!({"specName": "substrate-threefold", "specVersion": spec, "transactionVersion": 2})
            }
            "state_getMetadata" => hexed(&all(at(0)?).version.metadata).into(),
            "state_queryStorageAt" => {
                let block = all(at(1)?);
                let keys = params[0].as_array().unwrap().iter();
                let changes: Vec<_> = keys
                    .map(|key| {
                        let value = block.state.get(&unhexed(key.as_str().unwrap()));
                        json!([key, value.map(|bytes| hexed(bytes))])
                    })
                    .collect();
                json!([{"block": hexed(&block.hash), "changes": changes}])
            }
            "state_getKeysPaged" => {
                let (block, prefix) = (all(at(3)?), unhexed(params[0].as_str().unwrap()));
                let after = params[2].as_str().map(unhexed);
                let keys = block.state.keys().filter(|key| {
                    key.starts_with(&prefix) && after.as_ref().is_none_or(|after| *key > after)
                });
                let count = params[1].as_u64().unwrap() as usize;
                keys.take(count)
                    .map(|key| hexed(key))
                    .collect::<Vec<_>>()
                    .into()
            }
            _ => return Err((-32601, "Method not found", "")),
        })
    }

    /// A block's header, as JSON-RPC has it.
    pub fn header(&self, number: usize) -> Value {
        let parent = match number.checked_sub(1) {
            Some(parent) => self.blocks[parent].hash,
            None => [0; 32],
        };
        json!({"parentHash": hexed(&parent), "number": format!("{number:#x}"), "stateRoot": hexed(&[0; 32]),
            "extrinsicsRoot": hexed(&[0; 32]), "digest": {"logs": []}})
    }

    fn number_of(&self, hash: &str) -> Option<usize> {
        let oldest = self.blocks.len().saturating_sub(self.remembers);
        let found = self
            .blocks
            .iter()
            .rposition(|block| hexed(&block.hash) == hash);
        found.filter(|number| *number >= oldest)
    }
}
