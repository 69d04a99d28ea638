#include "ui/vaults/reason_panel.h"

#include "core/base/encoding.h"
#include "ui/common/text.h"

#include <QFormLayout>
#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace tau::ui {

ScoreBar::ScoreBar(const QString& name, QWidget* parent) : QWidget(parent), name_(name) {
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ScoreBar::set_value(double share, const QString& text) {
    share_ = std::clamp(share, 0.0, 1.0);
    text_ = text;
    setAccessibleDescription(text);
    update();
}

QSize ScoreBar::sizeHint() const {
    return {space::field_width / 2, fontMetrics().lineSpacing() + space::bar + space::s};
}

void ScoreBar::paintEvent(QPaintEvent*) {
    const Tokens& tokens = Theme::get().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect words(0, 0, width(), fontMetrics().lineSpacing());
    painter.setPen(tokens.muted);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, name_);
    painter.setPen(tokens.text);
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, text_);
    const QRectF groove(0, words.bottom() + space::xs, width(), space::bar);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.line);
    painter.drawRoundedRect(groove, space::bar / 2.0, space::bar / 2.0);
    QRectF filled = groove;
    filled.setWidth(groove.width() * share_);
    painter.setBrush(tokens.accent);
    painter.drawRoundedRect(filled, space::bar / 2.0, space::bar / 2.0);
}

ReasonPanel::ReasonPanel(QWidget* parent)
    : Card(parent), name_(make_label({}, QStringLiteral("heading"), this)),
      rank_(make_label({}, QStringLiteral("caption"), this)), reason_(make_label({}, {}, this)),
      key_(new KeyLabel(tr("seal key"), this)), id_(new KeyLabel(tr("node id"), this)),
      expires_(make_label({}, QStringLiteral("caption"), this)), details_(new QWidget(this)) {
    box()->addWidget(name_);
    box()->addWidget(rank_);
    auto* body = new QVBoxLayout(details_);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(space::xs);
    const std::array names{tr("Reputation"), tr("Age"), tr("Uptime"), tr("Distance"),
                           tr("Capacity")};
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        bars_[i] = new ScoreBar(names[i], details_);
        body->addWidget(bars_[i]);
    }
    set_tone(reason_, Tone::muted);
    body->addWidget(reason_);
    auto* keys = new QFormLayout;
    keys->setContentsMargins(0, 0, 0, 0);
    keys->setVerticalSpacing(0);
    keys->setHorizontalSpacing(space::s);
    key_caption_ = new QLabel(tr("Key V"), details_);
    set_role(key_caption_, QStringLiteral("caption"));
    key_caption_->setBuddy(key_);
    auto* id_caption = new QLabel(tr("Node"), details_);
    set_role(id_caption, QStringLiteral("caption"));
    id_caption->setBuddy(id_);
    keys->addRow(key_caption_, key_);
    keys->addRow(id_caption, id_);
    body->addLayout(keys);
    body->addWidget(expires_);
    box()->addWidget(details_);
    box()->addStretch(1);
    show_nothing();
}

void ReasonPanel::show_node(int rank, const vault::Explanation& found,
                            const vault::ListedNode& node) {
    const QLocale locale;
    name_->setText(to_qt(node.record.name));
    rank_->setText(found.eligible
                       ? tr("Rank %1, score %2").arg(rank).arg(locale.toString(found.score, 'f', 3))
                       : tr("Not ranked: it may not be chosen now."));
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        bars_[i]->set_value(found.factors[i], locale.toString(found.factors[i], 'f', 3));
    }
    reason_->setText(to_qt(found.sentence));
    key_->set_value(to_qt(to_hex(node.record.seal_key)));
    id_->set_value(to_qt(node.record.node_id()));
    expires_->setText(tr("Its record is signed and good until %1.")
                          .arg(time_text(static_cast<std::int64_t>(node.record.expires))));
    details_->show();
}

void ReasonPanel::show_nothing() {
    name_->setText(tr("No vault selected"));
    rank_->setText(tr("Select a row to see why it has its rank."));
    details_->hide();
}

} // namespace tau::ui
