#include "ui/wizard/vault_step.h"

#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

namespace tau::ui {

namespace {

const QString city_key = QStringLiteral("city");

void set_up(QTableView& table) {
    table.setAccessibleName(VaultStep::tr("Vaults, best first"));
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setShowGrid(false);
    table.setAlternatingRowColors(true);
    table.setWordWrap(false);
    table.setTabKeyNavigation(false);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.verticalHeader()->hide();
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table.verticalHeader()->setDefaultSectionSize(space::row);
    QHeaderView* header = table.horizontalHeader();
    header->setHighlightSections(false);
    header->setResizeContentsPrecision(0);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(RankModel::name_column, QHeaderView::Stretch);
    header->setMinimumSectionSize(space::row);
}

} // namespace

VaultStep::VaultStep(WizardModel& model, QWidget* parent)
    : WizardPage(parent), model_(model), rows_(new RankModel(this)), table_(new QTableView),
      emphasis_(new EmphasisPanel), reason_(new ReasonPanel),
      counts_(make_label({}, QStringLiteral("caption"))), refused_mark_(new IconLabel),
      refused_(make_label({})) {
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(space::xl, space::xl, space::xl, space::l);
    box->setSpacing(space::m);
    auto* top = new QHBoxLayout;
    top->addWidget(make_label(tr("Which vault keeps the keys?"), QStringLiteral("title")), 1);
    counts_->setAlignment(Qt::AlignRight | Qt::AlignBottom);
    counts_->setWordWrap(false);
    top->addWidget(counts_);
    box->addLayout(top);
    auto* intro = make_label(tr("The deploy keys and webhook secrets are sealed to this node. It "
                                "will be able to read both repositories, and to do nothing else."));
    set_tone(intro, Tone::muted);
    box->addWidget(intro);
    auto* card = new Card;
    card->box()->addWidget(emphasis_);
    box->addWidget(card);
    auto* row = new QHBoxLayout;
    row->setSpacing(space::m);
    table_->setModel(rows_);
    set_up(*table_);
    row->addWidget(table_, 3);
    auto* reason = new QScrollArea;
    reason->setWidgetResizable(true);
    reason->setFrameShape(QFrame::NoFrame);
    reason->setFocusPolicy(Qt::NoFocus);
    reason->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    reason->setWidget(reason_);
    reason->setFixedWidth(space::field_width * 9 / 10);
    row->addWidget(reason);
    box->addLayout(row, 1);
    set_tone(refused_, Tone::warn);
    auto* note = new QHBoxLayout;
    note->setSpacing(space::s);
    refused_mark_->set(QStringLiteral("warning"), Tone::warn);
    note->addWidget(refused_mark_, 0, Qt::AlignTop);
    note->addWidget(refused_, 1);
    box->addLayout(note);

    emphasis_->set_city(model_.services().setting(city_key).toString());
    coalesce_.setSingleShot(true);
    connect(&coalesce_, &QTimer::timeout, this, &VaultStep::rank_now);
    connect(emphasis_, &EmphasisPanel::changed, this, [this] {
        if (!emphasis_->city().isEmpty()) {
            model_.services().set_setting(city_key, emphasis_->city());
        }
        coalesce_.start();
    });
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (!placing_ && current.isValid()) {
                    chosen_by_hand_ = true;
                    pick(current.row());
                }
            });
    connect(&model_, &WizardModel::changed, this, &VaultStep::follow_network);
    follow_network();
}

void VaultStep::enter() {
    rank_now();
}

/// A small window keeps the names; the score is beside the table in any case.
void VaultStep::resizeEvent(QResizeEvent* event) {
    WizardPage::resizeEvent(event);
    table_->setColumnHidden(RankModel::score_column, width() < space::page_width);
}

void VaultStep::follow_network() {
    const auto network = model_.network();
    if (network == shown_) {
        return;
    }
    shown_ = network;
    placing_ = true;
    rows_->set_network(network, QDateTime::currentSecsSinceEpoch());
    placing_ = false;
    show_counts();
    rank_now();
}

void VaultStep::show_counts() {
    if (!shown_) {
        counts_->clear();
        refused_->hide();
        refused_mark_->hide();
        return;
    }
    counts_->setText(
        tr("%1 vaults in %2").arg(QString::number(shown_->nodes.size()), to_qt(shown_->name)));
    QStringList lines;
    for (const vault::RefusedRecord& refused : shown_->refused) {
        lines << tr("%1 is left out: %2").arg(to_qt(refused.name), to_qt(refused.reason.message));
    }
    refused_->setText(lines.join(QLatin1Char('\n')));
    refused_->setVisible(!lines.isEmpty());
    refused_mark_->setVisible(!lines.isEmpty());
}

void VaultStep::rank_now() {
    if (!shown_) {
        reason_->show_nothing();
        return;
    }
    // Moving rows moves Qt's current index, which is not the person's choice.
    placing_ = true;
    rows_->rank(emphasis_->emphasis(), emphasis_->place());
    int row = chosen_by_hand_ ? chosen_row() : -1;
    if (row < 0) {
        chosen_by_hand_ = false;
        row = rows_->best_row();
    }
    if (row >= 0) {
        table_->setCurrentIndex(rows_->index(row, RankModel::name_column));
        table_->selectRow(row);
    }
    placing_ = false;
    pick(row);
}

void VaultStep::pick(int row) {
    show_row(row);
    std::vector<project::VaultChoice> chosen;
    if (row >= 0) {
        chosen.push_back(project::choice_of(rows_->node(row).record));
    }
    if (chosen != model_.draft().vaults) {
        model_.edit([&chosen](project::Draft& draft) { draft.vaults = std::move(chosen); });
    }
    Q_EMIT changed();
}

int VaultStep::chosen_row() const {
    const auto& chosen = model_.draft().vaults;
    return chosen.empty() ? -1 : rows_->row_of(chosen.front().node_id);
}

void VaultStep::show_row(int row) {
    if (row < 0) {
        reason_->show_nothing();
    } else {
        reason_->show_node(row + 1, rows_->explain(row), rows_->node(row));
    }
}

QString VaultStep::blocked() const {
    const int row = chosen_row();
    if (row < 0) {
        return rows_->best_row() < 0 ? tr("no vault of this network may be chosen now.")
                                     : tr("select a vault.");
    }
    if (!rows_->eligible(row)) {
        return tr("%1 may not be chosen. %2")
            .arg(to_qt(rows_->node(row).record.name), to_qt(rows_->explain(row).sentence));
    }
    return {};
}

} // namespace tau::ui
