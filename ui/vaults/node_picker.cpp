#include "ui/vaults/node_picker.h"

#include "ui/common/page.h"
#include "ui/common/text.h"
#include "ui/vaults/wishes.h"

#include <QHBoxLayout>
#include <QLocale>

namespace tau::ui {

namespace {

constexpr QSize picker_size{680, 440};

} // namespace

NodePicker::NodePicker(Services& services, NodeShelf& shelf, QWidget* parent)
    : QDialog(parent), services_(services), shelf_(shelf), search_(new QLineEdit),
      state_(make_label({})), progress_(new QProgressBar), error_(new ErrorView),
      more_(make_button({}, ButtonKind::plain, QStringLiteral("retry"))),
      rows_(new RankModel(this)), table_(new VaultTable(*rows_)),
      use_(make_button(tr("&Use this node"), ButtonKind::primary)) {
    setWindowTitle(tr("A node of the network"));
    setModal(true);
    setAttribute(Qt::WA_DeleteOnClose);
    resize(picker_size);
    lay_out();
    // Near to where the person looks for vaults: of a large network, that part comes first.
    place_ = wishes_from(services_.setting(QStringLiteral("vaults/view")).toMap()).place;
    connect(search_, &QLineEdit::textChanged, this, &NodePicker::filter);
    connect(table_, &VaultTable::typed, this, [this](const QString& text) {
        search_->setFocus(Qt::OtherFocusReason);
        search_->insert(text);
    });
    connect(table_, &VaultTable::sorting_wanted, this, &NodePicker::sort);
    connect(table_, &VaultTable::use_wanted, this, &NodePicker::use_current);
    connect(more_, &QPushButton::clicked, this,
            [this] { shelf_.load(shelf_.nodes() ? vault::Extent::all : vault::Extent::nearby); });
    connect(&shelf_, &NodeShelf::changed, this, &NodePicker::take_nodes);
    connect(&shelf_, &NodeShelf::progressed, this, [this](qulonglong done, qulonglong all) {
        progress_->setRange(0, all == 0 ? 0 : 1000);
        progress_->setValue(all == 0 ? 0 : static_cast<int>(done * 1000 / all));
    });
    shelf_.want(place_);
    take_nodes();
    search_->setFocus(Qt::OtherFocusReason);
}

void NodePicker::lay_out() {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::l, space::l, space::l, space::l);
    box->setSpacing(space::s);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::s);
    auto* label = new QLabel(tr("&Name"));
    label->setBuddy(search_);
    search_->setPlaceholderText(tr("Part of a node's name"));
    search_->setAccessibleName(tr("Part of a node's name"));
    search_->setClearButtonEnabled(true);
    row->addWidget(label);
    row->addWidget(search_, 1);
    box->addLayout(row);
    table_->setAccessibleName(tr("Nodes of the network"));
    table_->hide_columns({RankModel::age_column, RankModel::score_column});
    box->addWidget(table_, 1);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress"));
    box->addWidget(progress_);
    box->addWidget(error_);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(space::s);
    set_tone(state_, Tone::muted);
    auto* cancel = make_button(tr("&Cancel"));
    bottom->addWidget(more_);
    bottom->addWidget(state_, 1);
    bottom->addWidget(cancel);
    bottom->addWidget(use_);
    box->addLayout(bottom);
    use_->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(use_, &QPushButton::clicked, this, &NodePicker::use_current);
}

void NodePicker::take_nodes() {
    if (shelf_.nodes() != nodes_) {
        nodes_ = shelf_.nodes();
        ranking_.reset();
        rows_->set_ranking(nullptr);
        if (nodes_) {
            make_ranking();
        }
    }
    if (shelf_.error()) {
        error_->show_error(*shelf_.error(), false);
    } else {
        error_->clear();
    }
    show_state();
}

void NodePicker::make_ranking() {
    ranking_job_.start(
        [table = nodes_->list.table, place = place_](std::stop_token) {
            auto ranking = std::make_shared<vault::Ranking>(table);
            ranking->set_place(place);
            ranking->order();
            return ranking;
        },
        [this](std::shared_ptr<vault::Ranking> ranking) {
            ranking_ = std::move(ranking);
            rows_->set_ranking(ranking_);
            filter();
        });
}

void NodePicker::filter() {
    if (!ranking_) {
        return;
    }
    vault::Filter filter;
    filter.text = to_utf8(search_->text().trimmed());
    ranking_->set_filter(std::move(filter));
    rows_->refresh(false);
    table_->select_position(rows_->rowCount() > 0 ? 0 : -1, true);
    show_state();
}

void NodePicker::sort(vault::Column column, bool descending) {
    if (ranking_) {
        ranking_->set_sorting(column, descending);
        rows_->refresh(false);
        table_->show_sorting(column, descending);
    }
}

void NodePicker::show_state() {
    const bool loading = shelf_.state() == NodeShelf::State::loading;
    const bool failed = shelf_.state() == NodeShelf::State::failed;
    const bool partial = nodes_ && !nodes_->complete() && !loading;
    progress_->setVisible(loading);
    more_->setVisible(failed || partial);
    more_->setText(failed ? tr("&Try again") : tr("&Load all nodes"));
    use_->setEnabled(rows_->rowCount() > 0 && !fetch_job_.running());
    const QLocale locale;
    state_->setText(fetch_job_.running()               ? tr("Asking for the node's record…")
                    : loading || (nodes_ && !ranking_) ? tr("Loading the nodes…")
                    : failed                           ? QString()
                    : !nodes_
                        ? tr("No network is open: open its file from the menu, or type the id.")
                    : rows_->rowCount() == 0 ? tr("No node that is loaded has this in its name.")
                    : partial                ? tr("%1 of %2 nodes are loaded.")
                                    .arg(locale.toString(nodes_->list.table->size()),
                                         locale.toString(qulonglong(nodes_->list.total)))
                              : vaults_text(static_cast<std::uint64_t>(rows_->rowCount())));
}

/// A list has the beginning of an id's hash only; the id is in the node's own record.
void NodePicker::use_current() {
    const QModelIndex current = table_->currentIndex();
    if (!current.isValid() || fetch_job_.running()) {
        return;
    }
    error_->clear();
    fetch_job_.start(
        [&services = services_, nodes = nodes_, row = rows_->node_at(current.row())](
            std::stop_token stop) { return nodes->fetch(services, row, std::move(stop)); },
        [this](const Result<vault::ListedNode>& node) {
            if (!node) {
                error_->show_error(node.error(), false);
                show_state();
                return;
            }
            Q_EMIT picked(to_qt(node->record.node_id()), to_qt(node->record.name));
            accept();
        });
    show_state();
}

} // namespace tau::ui
