#include "ui/common/networks.h"

#include "ui/common/text.h"

#include <QStringList>

#include <algorithm>

namespace tau::ui {

namespace {

const QString files_key = QStringLiteral("networks");
const QString current_key = QStringLiteral("network");

} // namespace

QString Networks::Entry::name() const {
    return to_qt(network ? network->name : file.filename().string());
}

Networks::Networks(Services& services, QObject* parent)
    : QObject(parent), services_(services), nodes_(services) {
    const QString chosen = services_.setting(current_key).toString();
    const QStringList files = services_.setting(files_key).toStringList();
    for (const QString& file : files) {
        entries_.push_back({to_utf8(file), nullptr, std::nullopt, std::make_unique<Job>()});
        if (file == chosen || current_ < 0) {
            current_ = static_cast<int>(entries_.size()) - 1;
        }
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        load(i);
    }
}

const Networks::Entry* Networks::current() const {
    return current_ < 0 ? nullptr : &entries_[static_cast<std::size_t>(current_)];
}

std::optional<std::uint64_t> Networks::vault_count() const {
    const Entry* entry = current();
    if (entry == nullptr || !entry->network) {
        return std::nullopt;
    }
    if (const auto nodes = nodes_.nodes()) {
        return nodes->list.total;
    }
    const vault::Network& file = *entry->network;
    return file.nodes.empty() || file.directory || !file.seer.empty()
               ? std::nullopt
               : std::optional<std::uint64_t>(file.nodes.size());
}

void Networks::open(const std::filesystem::path& file) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&file](const Entry& entry) { return entry.file == file; });
    current_ = static_cast<int>(known - entries_.begin());
    if (known == entries_.end()) {
        entries_.push_back({file, nullptr, std::nullopt, std::make_unique<Job>()});
    }
    save();
    reload();
}

void Networks::reload() {
    if (current_ >= 0) {
        load(static_cast<std::size_t>(current_));
    }
}

void Networks::set_current(int index) {
    if (index == current_ || index < 0 || index >= static_cast<int>(entries_.size())) {
        return;
    }
    current_ = index;
    save();
    tell();
}

void Networks::load(std::size_t index) {
    entries_[index].job->start(
        [&services = services_, file = entries_[index].file](std::stop_token stop) {
            return services.load_network(file, stop);
        },
        [this, index](Result<vault::Network> answer) {
            Entry& entry = entries_[index];
            if (answer) {
                entry.network = std::make_shared<const vault::Network>(std::move(*answer));
                entry.error.reset();
            } else {
                entry.network.reset();
                entry.error = answer.error();
            }
            tell();
        });
    tell();
}

void Networks::tell() {
    nodes_.set_network(current() == nullptr ? nullptr : current()->network);
    Q_EMIT changed();
}

void Networks::save() const {
    QStringList files;
    for (const Entry& entry : entries_) {
        files << to_qt(entry.file.string());
    }
    services_.set_setting(files_key, files);
    services_.set_setting(current_key, current_ < 0 ? QString() : files[current_]);
}

} // namespace tau::ui
