#pragma once

#include "core/vault/directory/head.h"

/// Lists of signatures by the keys of a root; head.h says how they are written.
namespace tau::vault::signatures {

void write(ByteWriter& out, const std::vector<KeySignature>& list);
/// `corrupt` when cut short or the keys do not ascend: so none can stand there twice.
Result<std::vector<KeySignature>> read(ByteReader& in);
/// All are good and at least `threshold`; else `untrusted` with half a sentence on why.
Result<void> check(const std::vector<KeySignature>& list, const DirectoryRoot& root,
                   std::string_view tag, ByteView data);
/// `not_found` when the key is none of the root's.
Result<KeySignature> make(const DirectoryRoot& root, const keys::OwnerKey& key,
                          std::string_view tag, ByteView data);

} // namespace tau::vault::signatures
