/*
 * ethereum_text.h: what the files of this family share: asking a node and reading one value, ids as text.
 */
#ifndef BLOCKCHAIN_FAMILY_ETHEREUM_TEXT_H
#define BLOCKCHAIN_FAMILY_ETHEREUM_TEXT_H

#include "blockchain/evm/answers.h"
#include "blockchain/family/family.h"
#include "blockchain/family/rpc.h"

enum { ETHEREUM_PARAMS_MAX = 256 * 1024 };

/* The cursor stands at the result, which lives until the next call of the node. */
bool ethereum_ask(struct node *node, const char *method, const char *params,
                  struct json_pull *ret_result, struct err *err) MUST_CHECK;
/* Results that are one number, one text. */
bool ethereum_ask_u64(struct node *node, const char *method, const char *params,
                      uint64_t *ret_number, struct err *err) MUST_CHECK;
bool ethereum_ask_text(struct node *node, const char *method, const char *params,
                       struct json_slice *ret_text, struct err *err) MUST_CHECK;

/* One method for many, in one request: `params` is an array of `count` arrays of parameters. The results,
 * which must be plain strings, come in the order of the questions. One that is refused refuses all. */
bool ethereum_ask_many(struct node *node, const char *method, const char *params, size_t count,
                       struct json_slice *ret_texts, struct err *err) MUST_CHECK;

/* Whether the last refusal says that the node does not keep the state of that block (pruned, or lost). */
bool ethereum_is_state_gone(const struct node *node);
/* Whether the last refusal says that the node does not offer the method at all. */
bool ethereum_is_not_offered(const struct node *node);

/* "0x", 64 lower-case digits. */
void ethereum_hash_text(const struct evm_hash *hash, char ret_text[static CHAIN_HASH_SIZE]);
/* False: no such hash. */
bool ethereum_hash_parse(const char *text, struct evm_hash *ret_hash) MUST_CHECK;
/* Lower case, as contracts are stored. */
void ethereum_contract_text(const struct evm_address *address,
                            char ret_text[static CHAIN_CONTRACT_SIZE]);

#endif
