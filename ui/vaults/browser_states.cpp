// A VaultBrowser's pages for when there is no list, and what stands beside the list.
#include "ui/common/empty_state.h"
#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/vaults/node_facts.h"
#include "ui/vaults/vault_browser.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLocale>
#include <QStyledItemDelegate>

#include <algorithm>

namespace tau::ui {

namespace {

QString count_text(std::uint64_t count) {
    return QLocale().toString(static_cast<qulonglong>(count));
}

bool holds(const std::vector<std::uint64_t>& keys, std::uint64_t key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// Wraps for the width that the style's padding leaves: the hint would else lack a line.
class WrappedText : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyleOptionViewItem narrow = option;
        narrow.rect.setWidth(option.rect.width() - 2 * space::m);
        return QStyledItemDelegate::sizeHint(narrow, index) + QSize(0, space::s);
    }
};

} // namespace

QWidget* VaultBrowser::make_filtered_page() {
    auto* page = new EmptyState(QStringLiteral("vault"), tr("No vault passes the filters"),
                                tr("Each of them is well as it is; together they leave none."));
    connect(page->add_action(tr("Clear filters"), true), &QPushButton::clicked, this, [this] {
        filters_->clear();
        table_->setFocus(Qt::OtherFocusReason);
    });
    return page;
}

QWidget* VaultBrowser::make_empty_page() {
    return new EmptyState(QStringLiteral("vault"), tr("No vaults here"),
                          tr("Open a network that lists vaults, or add one by its record or its "
                             "address."));
}

QWidget* VaultBrowser::make_loading_page() {
    auto* page = new QWidget;
    auto* box = new QVBoxLayout(page);
    box->setSpacing(space::m);
    box->addStretch(1);
    loading_text_ = make_label(tr("Loading the vaults…"));
    loading_text_->setAlignment(Qt::AlignCenter);
    box->addWidget(loading_text_);
    progress_ = new QProgressBar;
    progress_->setTextVisible(false);
    progress_->setRange(0, 0);
    progress_->setAccessibleName(tr("Loaded"));
    progress_->setFixedWidth(space::field_width);
    box->addWidget(progress_, 0, Qt::AlignHCenter);
    auto* cancel = make_button(tr("Stop &loading"));
    connect(cancel, &QPushButton::clicked, &shelf_, &NodeShelf::cancel);
    box->addWidget(cancel, 0, Qt::AlignHCenter);
    box->addStretch(1);
    return page;
}

QWidget* VaultBrowser::make_failed_page() {
    auto* page = new QWidget;
    auto* box = new QVBoxLayout(page);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::m);
    error_ = new ErrorView;
    box->addWidget(error_);
    auto* retry = make_button(tr("&Load again"), ButtonKind::primary, QStringLiteral("retry"));
    connect(retry, &QPushButton::clicked, this, [this] { shelf_.load(vault::Extent::nearby); });
    box->addWidget(retry, 0, Qt::AlignLeft);
    box->addStretch(1);
    return page;
}

QWidget* VaultBrowser::make_compare_page() {
    auto* page = new QWidget;
    auto* box = new QVBoxLayout(page);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(space::s);
    compare_model_ = new CompareModel(this);
    auto* view = new QTableView;
    view->setModel(compare_model_);
    view->setItemDelegate(new WrappedText(view));
    view->setAccessibleName(tr("Vaults side by side; the best value of each line is bold"));
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setTabKeyNavigation(false);
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    view->horizontalHeader()->setHighlightSections(false);
    view->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    // How many lines a sentence takes follows from the width of its column.
    connect(view->horizontalHeader(), &QHeaderView::sectionResized, view,
            &QTableView::resizeRowsToContents);
    box->addWidget(view, 1);
    auto* row = new QHBoxLayout;
    auto* close = make_button(tr("Back to the list"));
    connect(close, &QPushButton::clicked, this, [this] { show_comparison(false); });
    auto* clear = make_button(tr("Compare &none"), ButtonKind::quiet);
    connect(clear, &QPushButton::clicked, this, [this] {
        compared_.clear();
        show_comparison(false);
    });
    row->addWidget(close);
    row->addWidget(clear);
    row->addStretch(1);
    box->addLayout(row);
    return page;
}

void VaultBrowser::make_banner(QVBoxLayout& box) {
    banner_ = new QWidget;
    banner_mark_ = new IconLabel;
    banner_text_ = make_label({});
    banner_action_ = make_button({}, ButtonKind::quiet);
    auto* row = new QHBoxLayout(banner_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::s);
    row->addWidget(banner_mark_, 0, Qt::AlignVCenter);
    row->addWidget(banner_text_, 1);
    row->addWidget(banner_action_);
    connect(banner_action_, &QPushButton::clicked, this, [this] {
        if (shelf_.state() == NodeShelf::State::loading) {
            shelf_.cancel();
        } else {
            const bool all = nodes_ && !nodes_->list.offline && !nodes_->complete();
            shelf_.load(all ? vault::Extent::all : vault::Extent::nearby);
        }
    });
    box.addWidget(banner_);
    banner_->hide();
}

void VaultBrowser::show_state() {
    const bool loading = shelf_.state() == NodeShelf::State::loading || ranking_job_.running();
    QWidget* page = table_;
    if (!ranking_) {
        page = loading ? loading_ : shelf_.state() == NodeShelf::State::failed ? failed_ : empty_;
    } else if (stack_->currentWidget() == compare_ && compared_.size() > 1) {
        page = compare_;
    } else if (rows_->rowCount() == 0) {
        page = nodes_->list.table->size() == 0 ? empty_ : filtered_;
    }
    if (page == failed_ && shelf_.error()) {
        error_->show_error(*shelf_.error(), false);
    }
    if (page == compare_) {
        compare_model_->show_rows(ranking_, compared_, operators_);
    }
    if (!loading) {
        progress_->setRange(0, 0);
    }
    stack_->setCurrentWidget(page);
    side_->setVisible(page != compare_); // the columns need the width
    show_banner();
    show_counts();
}

/// One line when the list is not what it could be: old, offline, partial, or records refused.
void VaultBrowser::show_banner() {
    QStringList lines;
    QString action;
    Tone tone = Tone::warn;
    if (ranking_ && shelf_.state() == NodeShelf::State::loading) {
        lines << tr("Loading more vaults…");
        action = tr("Stop &loading");
        tone = Tone::muted;
    } else if (nodes_) {
        const vault::NodeList& list = nodes_->list;
        if (!list.notice.empty()) {
            lines << to_qt(list.notice);
        }
        if (list.offline) {
            lines << (list.published > 0
                          ? tr("This list was signed %1.")
                                .arg(age_text(list.published, QDateTime::currentSecsSinceEpoch()))
                          : tr("This list is from the last time."));
            action = tr("Try a&gain");
        } else if (!nodes_->complete()) {
            lines << tr("These are the %1 nearest of %2 vaults.")
                         .arg(count_text(list.table->size()), count_text(list.total));
            action = tr("Load a&ll");
            tone = list.notice.empty() ? Tone::muted : Tone::warn;
        }
        for (const vault::RefusedRecord& refused : list.refused) {
            if (lines.size() > 3) {
                lines << tr("%1 are left out in all.").arg(count_text(list.refused.size()));
                break;
            }
            lines
                << tr("%1 is left out: %2").arg(to_qt(refused.name), to_qt(refused.reason.message));
        }
    }
    banner_text_->setText(lines.join(QLatin1Char('\n')));
    set_tone(banner_text_, tone);
    banner_mark_->set(tone == Tone::warn ? QStringLiteral("warning") : QStringLiteral("info"),
                      tone);
    banner_action_->setText(action);
    banner_action_->setVisible(!action.isEmpty());
    banner_->setVisible(!lines.isEmpty());
}

void VaultBrowser::show_counts() {
    if (!nodes_ || !ranking_) {
        counts_->clear();
        return;
    }
    const auto listed = static_cast<std::uint64_t>(rows_->rowCount());
    const std::uint64_t there = nodes_->list.table->size();
    QString text = listed == there
                       ? vaults_text(there)
                       : tr("%1 of %2 vaults").arg(count_text(listed), count_text(there));
    text += tr(" in %1").arg(to_qt(nodes_->network->name));
    if (nodes_->list.published > 0) {
        text += QStringLiteral(" · ") +
                age_text(nodes_->list.published, QDateTime::currentSecsSinceEpoch());
    }
    counts_->setText(text);
}

void VaultBrowser::show_marks() {
    rows_->set_marks(chosen_ != nullptr ? chosen_->keys() : std::vector<std::uint64_t>(), pinned_);
    std::vector<std::uint32_t> picked;
    if (current_) {
        picked.push_back(*current_);
    }
    if (nodes_) {
        const vault::NodeTable& table = *nodes_->list.table;
        for (const std::uint64_t key :
             chosen_ != nullptr ? chosen_->keys() : std::vector<std::uint64_t>()) {
            if (const auto row = vault::row_of(table, key); row && row != current_) {
                picked.push_back(*row);
            }
        }
        for (const std::uint32_t row : compared_) {
            if (std::find(picked.begin(), picked.end(), row) == picked.end()) {
                picked.push_back(row);
            }
        }
    }
    map_->set_picked(std::move(picked));
    show_panel();
}

void VaultBrowser::show_panel() {
    if (!ranking_ || !current_) {
        panel_->show_nothing({});
        return;
    }
    const std::uint64_t key = nodes_->list.table->key[*current_];
    const int position = rows_->position_of(*current_);
    NodePanel::Standing standing;
    if (position >= 0) {
        const auto rank = wishes_.sorting == vault::Column::rank && !wishes_.descending
                              ? std::optional(static_cast<std::size_t>(position))
                              : ranking_->rank_of(*current_);
        standing.rank = rows_->rank_text(*current_, static_cast<int>(rank.value_or(0)));
    }
    standing.chosen = chosen_ != nullptr && chosen_->has(key);
    standing.pinned = holds(pinned_, key);
    standing.compared = std::find(compared_.begin(), compared_.end(), *current_) != compared_.end();
    panel_->show_row(*ranking_, *current_, standing);
}

void VaultBrowser::fetch_record() {
    if (!current_ || !nodes_) {
        return;
    }
    fetch_job_.start(
        [&services = services_, nodes = nodes_, row = *current_](std::stop_token stop) {
            return nodes->fetch(services, row, std::move(stop));
        },
        [this, row = *current_,
         listed = nodes_->lists(*current_)](const Result<vault::ListedNode>& answer) {
            if (answer) {
                operators_[row] = operator_text(answer->record);
                panel_->show_record(*answer, listed);
            } else {
                panel_->show_problem(answer.error());
            }
        });
}

void VaultBrowser::compare_current(bool on) {
    if (!current_) {
        return;
    }
    std::erase(compared_, *current_);
    if (on) {
        if (compared_.size() == CompareModel::most) {
            compared_.erase(compared_.begin());
        }
        compared_.push_back(*current_);
    }
    if (compared_.size() > 1) {
        messages_->show_message(Tone::plain,
                                tr("%1 vaults to compare.").arg(count_text(compared_.size())),
                                {{tr("Side by side"), [this] { show_comparison(true); }}});
    }
    show_state();
    show_marks();
}

void VaultBrowser::show_comparison(bool shown) {
    stack_->setCurrentWidget(shown ? compare_ : static_cast<QWidget*>(table_));
    show_state();
    show_marks();
    if (!shown) {
        table_->setFocus(Qt::OtherFocusReason);
    } else if (auto* view = compare_->findChild<QTableView*>()) {
        view->setFocus(Qt::OtherFocusReason);
    }
}

} // namespace tau::ui
