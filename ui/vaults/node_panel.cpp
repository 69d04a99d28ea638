#include "ui/vaults/node_panel.h"

#include "core/base/encoding.h"
#include "ui/common/flow_layout.h"
#include "ui/common/text.h"
#include "ui/vaults/node_facts.h"

#include <QApplication>
#include <QClipboard>
#include <QLocale>

namespace tau::ui {

namespace {

QLabel* caption(const QString& text, QWidget* buddy, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    set_role(label, QStringLiteral("caption"));
    label->setBuddy(buddy);
    return label;
}

/// What others know of it, and what the record itself says, in sentences.
QString record_words(const vault::ListedNode& node, bool listed) {
    const QLocale locale;
    QStringList lines;
    const auto audits = node.audits_passed + node.audits_failed;
    if (audits > 0) {
        lines << NodePanel::tr("Passed %1 of %2 audits.")
                     .arg(locale.toString(node.audits_passed), locale.toString(audits));
    }
    if (node.first_seen > 0) {
        lines << NodePanel::tr("First seen %1.").arg(time_text(node.first_seen));
    }
    const QString words =
        listed ? NodePanel::tr("Its record, number %1, is signed by the node and good until %2; "
                               "signature and listing are verified.")
               : NodePanel::tr("Its record, number %1, is signed by the node and good until %2; "
                               "its signature is verified; nobody lists it.");
    lines << NodePanel::tr("Operator: %1.").arg(operator_text(node.record));
    lines << words.arg(locale.toString(static_cast<qulonglong>(node.record.seq)),
                       time_text(static_cast<std::int64_t>(node.record.expires)));
    return lines.join(QLatin1Char('\n'));
}

} // namespace

NodePanel::NodePanel(bool choosing, QWidget* parent)
    : Card(parent), name_(make_label({}, QStringLiteral("heading"), this)),
      rank_(make_label({}, QStringLiteral("caption"), this)), reason_(make_label({}, {}, this)),
      use_(make_button(tr("&Use this vault"), ButtonKind::primary, {}, this)),
      pin_(make_button(tr("&Pin"), ButtonKind::quiet, QStringLiteral("pin"), this)),
      compare_(make_button(tr("Co&mpare"), ButtonKind::quiet, QStringLiteral("compare"), this)),
      more_(new QToolButton(this)), menu_(new QMenu(this)), details_(new QWidget(this)),
      keys_(new QWidget(this)), key_(new KeyLabel(tr("seal key"), this)),
      id_(new KeyLabel(tr("node id"), this)), endpoint_(new KeyLabel(tr("address"), this, 16, 12)),
      record_(make_label({}, QStringLiteral("caption"), this)) {
    box()->setSpacing(space::xs);
    box()->addWidget(name_);
    box()->addWidget(rank_);
    auto* body = new QVBoxLayout(details_);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(space::xs);
    add_actions(choosing);
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        bars_[i] = new ScoreBar(factor_name(static_cast<vault::Factor>(i)), details_);
        body->addWidget(bars_[i]);
    }
    set_tone(reason_, Tone::muted);
    body->addWidget(reason_);
    add_keys(body);
    body->addWidget(record_);
    box()->addWidget(details_);
    box()->addStretch(1);
    show_nothing({});
}

void NodePanel::add_actions(bool choosing) {
    use_->setVisible(choosing);
    pin_->setCheckable(true);
    compare_->setCheckable(true);
    more_->setText(tr("M&ore"));
    more_->setAccessibleName(tr("More about this vault"));
    more_->setPopupMode(QToolButton::InstantPopup);
    more_->setFocusPolicy(Qt::StrongFocus);
    more_->setMenu(menu_);
    auto* row = new FlowLayout(space::xs);
    if (choosing) {
        row->addWidget(use_);
    }
    for (QWidget* one : {static_cast<QWidget*>(pin_), static_cast<QWidget*>(compare_),
                         static_cast<QWidget*>(more_)}) {
        row->addWidget(one);
    }
    static_cast<QVBoxLayout*>(details_->layout())->addLayout(row);
    connect(use_, &QPushButton::clicked, this, &NodePanel::use_wanted);
    connect(pin_, &QPushButton::clicked, this, &NodePanel::pin_wanted);
    connect(compare_, &QPushButton::clicked, this, &NodePanel::compare_wanted);
    copies_ << menu_->addAction(tr("Copy the seal &key"), this,
                                [this] { copy(to_utf8(key_->value())); });
    copies_ << menu_->addAction(tr("Copy the &node id"), this,
                                [this] { copy(to_utf8(id_->value())); });
    copies_ << menu_->addAction(tr("Copy the &address"), this,
                                [this] { copy(to_utf8(endpoint_->value())); });
    copies_ << menu_->addAction(tr("Copy the &record"), this, [this] { copy(record_text_); });
}

void NodePanel::add_keys(QVBoxLayout* body) {
    auto* form = new QFormLayout(keys_);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(0);
    form->setHorizontalSpacing(space::s);
    form->addRow(caption(tr("Key V"), key_, keys_), key_);
    form->addRow(caption(tr("Node"), id_, keys_), id_);
    form->addRow(caption(tr("Address"), endpoint_, keys_), endpoint_);
    // They are in the menu, too; here Tab would lead below what is in sight, and then up again.
    for (QToolButton* button : keys_->findChildren<QToolButton*>()) {
        button->setFocusPolicy(Qt::NoFocus);
    }
    body->addWidget(keys_);
}

void NodePanel::copy(const std::string& text) {
    QApplication::clipboard()->setText(to_qt(text));
}

void NodePanel::show_row(vault::Ranking& ranking, std::uint32_t row, const Standing& standing) {
    const vault::NodeTable& table = ranking.table();
    const vault::Explanation found = ranking.explain(row);
    name_->setText(to_qt(table.name(row)));
    const QString score = QLocale().toString(found.score, 'f', 3);
    rank_->setText(!found.eligible ? tr("Not ranked: it may not be chosen now.")
                   : standing.rank.isEmpty()
                       ? tr("Not in the list: your filters hide it. Its score is %1.").arg(score)
                       : tr("Rank %1, score %2").arg(standing.rank, score));
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        bars_[i]->set_value(found.factors[i],
                            factor_text(table, row, found, static_cast<vault::Factor>(i)));
    }
    QString words = to_qt(found.sentence);
    const QStringList known = attestations(table.flags[row]);
    if (!known.isEmpty()) {
        words += QLatin1Char('\n') + tr("Known: %1.").arg(known.join(QStringLiteral("; ")));
    }
    reason_->setText(words);
    use_->setText(standing.chosen ? tr("Do not &use it") : tr("&Use this vault"));
    set_kind(use_, standing.chosen ? ButtonKind::plain : ButtonKind::primary);
    use_->setEnabled(standing.chosen || found.eligible);
    pin_->setChecked(standing.pinned);
    compare_->setChecked(standing.compared);
    details_->show();
}

void NodePanel::show_fetching() {
    keys_->hide();
    record_->setText(tr("Fetching its record…"));
    for (QAction* action : copies_) {
        action->setEnabled(false);
    }
}

void NodePanel::show_record(const vault::ListedNode& node, bool listed) {
    key_->set_value(to_qt(to_hex(node.record.seal_key)));
    id_->set_value(to_qt(node.record.node_id()));
    endpoint_->set_value(to_qt(node.record.endpoint));
    record_->setText(record_words(node, listed));
    record_text_ = to_base64(node.encoded);
    keys_->show();
    for (QAction* action : copies_) {
        action->setEnabled(true);
    }
}

void NodePanel::show_problem(const Error& error) {
    keys_->hide();
    record_->setText(to_qt(error.message + (error.hint.empty() ? "" : ' ' + error.hint)));
}

void NodePanel::show_nothing(const QString& advice) {
    name_->setText(tr("No vault selected"));
    rank_->setText(advice.isEmpty() ? tr("Select a row to see why it has its rank.") : advice);
    details_->hide();
}

} // namespace tau::ui
