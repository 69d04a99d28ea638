// A VaultBrowser's View menu: saved views, columns, pins and blocks, adding, measuring, exporting.
#include "ui/common/text.h"
#include "ui/vaults/vault_browser.h"

#include <QFileDialog>
#include <QLocale>

#include <algorithm>

namespace tau::ui {

namespace {

const QString view_key = QStringLiteral("vaults/view");
const QString views_key = QStringLiteral("vaults/views");
const QString pinned_key = QStringLiteral("vaults/pinned");
const QString blocked_key = QStringLiteral("vaults/blocked");
const QString city_setting = QStringLiteral("city");
constexpr std::size_t short_list_size = 16;

struct Format {
    vault::ListFormat format;
    const char* suffix;
};
constexpr Format formats[] = {{vault::ListFormat::csv, "csv"},
                              {vault::ListFormat::json, "json"},
                              {vault::ListFormat::yaml, "yaml"}};

} // namespace

void VaultBrowser::make_menu() {
    auto* menu = new QMenu(this);
    view_->setMenu(menu);
    QMenu* views = menu->addMenu(tr("Saved &views"));
    connect(views, &QMenu::aboutToShow, this, [this, views] { fill_views(*views); });
    menu->addAction(tr("&Save this view…"), this, &VaultBrowser::ask_view_name);
    menu->addMenu(table_->columns_menu());
    menu->addSeparator();
    menu->addAction(tr("&Add a vault…"), this, &VaultBrowser::ask_node);
    QAction* measure =
        menu->addAction(tr("&Measure round trips"), this, &VaultBrowser::measure_round_trips);
    menu->setToolTipsVisible(true);
    measure->setToolTip(tr("Asks the best %1 vaults of the list how long an answer takes. Only "
                           "they learn your address, and only that somebody asked.")
                            .arg(short_list_size));
    QMenu* exported = menu->addMenu(tr("&Export the list"));
    for (const Format& format : formats) {
        exported->addAction(QString::fromLatin1(format.suffix).toUpper(), this,
                            [this, format] { choose_export(format.format); });
    }
    menu->addSeparator();
    QMenu* pinned = menu->addMenu(tr("&Pinned"));
    connect(pinned, &QMenu::aboutToShow, this, [this, pinned] { fill_keys(*pinned, true); });
    QMenu* blocked = menu->addMenu(tr("&Blocked"));
    connect(blocked, &QMenu::aboutToShow, this, [this, blocked] { fill_keys(*blocked, false); });
    panel_->menu()->addSeparator();
    panel_->menu()->addAction(tr("&Block: never list it"), this, &VaultBrowser::block_current);
}

QStringList VaultBrowser::views() const {
    return services_.setting(views_key).toMap().keys();
}

void VaultBrowser::fill_views(QMenu& menu) {
    menu.clear();
    const QStringList names = views();
    for (const QString& name : names) {
        menu.addAction(name, this, [this, name] { open_view(name); });
    }
    if (names.isEmpty()) {
        menu.addAction(tr("None yet"))->setEnabled(false);
        return;
    }
    QMenu* remove = menu.addMenu(tr("&Remove"));
    for (const QString& name : names) {
        remove->addAction(name, this, [this, name] {
            QVariantMap all = services_.setting(views_key).toMap();
            all.remove(name);
            services_.set_setting(views_key, all);
        });
    }
}

void VaultBrowser::fill_keys(QMenu& menu, bool pinned) {
    menu.clear();
    std::vector<std::uint64_t>& keys = pinned ? pinned_ : blocked_;
    for (const std::uint64_t key : keys) {
        const auto row = nodes_ ? vault::row_of(*nodes_->list.table, key) : std::nullopt;
        const QString name = row ? to_qt(nodes_->list.table->name(*row))
                                 : tr("%1, not in this network").arg(key, 12, 16, QLatin1Char('0'));
        QAction* action = menu.addAction(
            pinned ? name : tr("List %1 again").arg(name), this, [this, pinned, key, row] {
                if (!pinned) {
                    std::erase(blocked_, key);
                    save_keys();
                    wish();
                } else if (row) {
                    pick(*row);
                    table_->select_position(rows_->position_of(*row), true);
                }
            });
        action->setEnabled(!pinned || row.has_value());
    }
    if (keys.empty()) {
        menu.addAction(tr("None yet"))->setEnabled(false);
    }
}

void VaultBrowser::pin_current(bool on) {
    if (!current_) {
        return;
    }
    const std::uint64_t key = nodes_->list.table->key[*current_];
    std::erase(pinned_, key);
    if (on) {
        pinned_.push_back(key);
    }
    save_keys();
    show_marks();
}

void VaultBrowser::block_current() {
    if (!current_) {
        return;
    }
    const std::uint64_t key = nodes_->list.table->key[*current_];
    const QString name = to_qt(nodes_->list.table->name(*current_));
    std::erase(pinned_, key);
    blocked_.push_back(key);
    save_keys();
    picked_by_hand_ = false;
    if (chosen_ != nullptr && chosen_->has(key)) {
        chosen_->toggle(*current_);
    }
    wish();
    messages_->show_message(Tone::plain, tr("%1 is not listed any more.").arg(name),
                            {{tr("List it again"), [this, key] {
                                  std::erase(blocked_, key);
                                  save_keys();
                                  wish();
                              }}});
}

void VaultBrowser::ask_view_name() {
    prompt_->ask(tr("&Name of the view"), tr("Close to home, measured capacity"), tr("Save"),
                 [this](const QString& name) {
                     save_view(name);
                     prompt_->close_prompt();
                 });
}

void VaultBrowser::save_view(const QString& name) {
    QVariantMap all = services_.setting(views_key).toMap();
    all[name] = to_settings(wishes_);
    services_.set_setting(views_key, all);
}

void VaultBrowser::open_view(const QString& name) {
    set_wishes(wishes_from(services_.setting(views_key).toMap().value(name).toMap()));
}

void VaultBrowser::ask_node() {
    prompt_->ask(tr("Address or &record"), tr("vault.example.org, with its scheme, or the record"),
                 tr("Add"), [this](const QString& text) {
                     prompt_->set_note(tr("Asking for its record…"), false);
                     action_job_.start(
                         [&services = services_, text = to_utf8(text)](std::stop_token stop) {
                             return services.node_by_hand(text, std::move(stop));
                         },
                         [this](const Result<vault::ListedNode>& answer) {
                             if (!answer) {
                                 prompt_->set_note(
                                     to_qt(answer.error().message + ' ' + answer.error().hint),
                                     true);
                                 return;
                             }
                             prompt_->close_prompt();
                             shelf_.add(*answer);
                             messages_->show_message(
                                 Tone::good,
                                 tr("%1 is added. Nobody but you vouches for it: without audits it "
                                    "has no reputation.")
                                     .arg(to_qt(answer->record.name)));
                         });
                 });
}

void VaultBrowser::measure_round_trips() {
    if (!ranking_) {
        return;
    }
    messages_->show_message(
        Tone::plain, tr("Measuring round trips to the best %1 vaults…").arg(short_list_size));
    probe_job_.start(
        [&services = services_, nodes = nodes_, rows = ranking_->short_list(short_list_size),
         take =
             [this](std::uint32_t row, double milliseconds) {
                 round_trips_[row] = milliseconds;
                 wish();
             }](std::stop_token stop, const Job::Post& post) {
            int answered = 0;
            for (const std::uint32_t row : rows) {
                if (stop.stop_requested()) {
                    break;
                }
                const auto node = nodes->fetch(services, row, stop);
                const auto time = node ? services.round_trip(node->record, stop)
                                       : Result<std::chrono::milliseconds>(fail(node.error()));
                if (time) {
                    ++answered;
                    post([take, row, ms = static_cast<double>(time->count())] { take(row, ms); });
                }
            }
            return std::pair(answered, static_cast<int>(rows.size()));
        },
        [this](std::pair<int, int> outcome) {
            messages_->show_message(
                Tone::plain,
                tr("%1 of %2 vaults answered.").arg(outcome.first).arg(outcome.second));
        });
}

void VaultBrowser::choose_export(vault::ListFormat format) {
    if (!ranking_) {
        return;
    }
    const QString suffix = QString::fromLatin1(formats[static_cast<std::size_t>(format)].suffix);
    auto* dialog = new QFileDialog(this, tr("Export the list"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->setNameFilters({tr("Lists (*.%1)").arg(suffix)});
    dialog->selectFile(QStringLiteral("vaults.") + suffix);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, format](const QString& file) { export_list(format, to_utf8(file)); });
    dialog->open();
}

void VaultBrowser::export_list(vault::ListFormat format, const std::filesystem::path& file) {
    action_job_.start(
        [&services = services_, table = nodes_->list.table, wishes = wishes_, blocked = blocked_,
         format, file](std::stop_token stop) -> Result<std::size_t> {
            vault::Ranking ranking(table);
            apply(wishes, blocked, ranking);
            const std::string text = vault::list_text(ranking, ranking.order(), format, stop);
            if (stop.stop_requested()) {
                return fail(ErrorCode::cancelled, "The list was not exported.");
            }
            if (auto written = services.write_file(file, text); !written) {
                return fail(written.error());
            }
            return ranking.order().size();
        },
        [this, file](const Result<std::size_t>& answer) {
            if (!answer) {
                messages_->show_error(answer.error());
                return;
            }
            messages_->show_message(Tone::good,
                                    tr("%1 vaults are exported to %2.")
                                        .arg(QLocale().toString(static_cast<qulonglong>(*answer)),
                                             to_qt(file.string())));
        });
}

void VaultBrowser::read_settings() {
    pinned_ = keys_from(services_.setting(pinned_key).toStringList());
    blocked_ = keys_from(services_.setting(blocked_key).toStringList());
    const QVariantMap last = services_.setting(view_key).toMap();
    Wishes wishes = wishes_from(last);
    const QString city = services_.setting(city_setting).toString();
    if (last.isEmpty()) {
        wishes.city = city.isEmpty() ? emphasis_->city() : city;
        emphasis_->set_place(wishes.city, {});
        wishes.place = emphasis_->place();
    }
    wishes.filter.text.clear(); // a search is for now
    set_wishes(wishes);
}

void VaultBrowser::save_wishes() {
    const QVariantMap now = to_settings(wishes_);
    if (services_.setting(view_key).toMap() != now) {
        services_.set_setting(view_key, now);
        if (!wishes_.city.isEmpty()) {
            services_.set_setting(city_setting, wishes_.city);
        }
    }
}

void VaultBrowser::save_keys() {
    services_.set_setting(pinned_key, keys_to_settings(pinned_));
    services_.set_setting(blocked_key, keys_to_settings(blocked_));
}

} // namespace tau::ui
