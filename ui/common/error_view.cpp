#include "ui/common/error_view.h"

#include "ui/common/key_label.h"
#include "ui/common/message_bar.h"
#include "ui/common/page.h"
#include "ui/common/text.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace tau::ui {

ErrorView::ErrorView(QWidget* parent)
    : QFrame(parent), mark_(new IconLabel(this)), message_(make_label({}, {}, this)),
      hint_(make_label({}, {}, this)), more_(new QToolButton(this)), copy_(new QToolButton(this)),
      close_(new QToolButton(this)), detail_(new QPlainTextEdit(this)) {
    set_role(this, QStringLiteral("message"));
    setAccessibleName(tr("What went wrong"));
    setFocusPolicy(Qt::StrongFocus);
    set_tone(hint_, Tone::muted);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    message_->setFocusPolicy(Qt::ClickFocus);

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(space::m, space::m, space::m, space::m);
    grid->setHorizontalSpacing(space::s);
    grid->setVerticalSpacing(space::xs);
    grid->addWidget(mark_, 0, 0, Qt::AlignTop);
    grid->addWidget(message_, 0, 1);
    grid->addWidget(copy_, 0, 2, Qt::AlignTop);
    grid->addWidget(close_, 0, 3, Qt::AlignTop);
    grid->addWidget(hint_, 1, 1);
    grid->addWidget(more_, 2, 1, Qt::AlignLeft);
    grid->addWidget(detail_, 3, 1);
    grid->setColumnStretch(1, 1);

    copy_->setIcon(icon(QStringLiteral("copy"), Tone::muted));
    copy_->setToolTip(tr("Copy all of this"));
    copy_->setAccessibleName(tr("Copy the error"));
    connect(copy_, &QToolButton::clicked, this,
            [this] { copy_to_clipboard(report_text(error_), copy_); });
    close_->setIcon(icon(QStringLiteral("close"), Tone::muted));
    close_->setToolTip(tr("Close this message"));
    close_->setAccessibleName(tr("Close the error"));
    close_->hide();
    connect(close_, &QToolButton::clicked, this, &ErrorView::clear);
    more_->setCheckable(true);
    more_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    more_->setText(tr("&Details"));
    more_->setAccessibleName(tr("Details"));
    connect(more_, &QToolButton::toggled, this, &ErrorView::fold);
    detail_->setReadOnly(true);
    detail_->setTabChangesFocus(true);
    detail_->setAccessibleName(tr("Details of the error"));
    detail_->setMaximumHeight(6 * fontMetrics().lineSpacing());
    detail_->setFont(Theme::get().mono_font());
    fold(false);
    hide();
}

void ErrorView::let_close() {
    close_->show();
}

void ErrorView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && !close_->isHidden()) {
        clear();
    } else {
        QFrame::keyPressEvent(event);
    }
}

void ErrorView::fold(bool open) {
    more_->setIcon(icon(open ? QStringLiteral("down") : QStringLiteral("right"), Tone::muted));
    detail_->setVisible(open);
}

void ErrorView::show_error(const Error& error, bool focus) {
    error_ = error;
    const bool cancelled = error.code == ErrorCode::cancelled;
    set_tone(this, cancelled ? Tone::warn : Tone::bad);
    mark_->set(cancelled ? QStringLiteral("warning") : QStringLiteral("failed"),
               cancelled ? Tone::warn : Tone::bad);
    message_->setText(to_qt(error.message));
    hint_->setText(to_qt(error.hint));
    hint_->setVisible(!error.hint.empty());
    detail_->setPlainText(to_qt(error.detail));
    more_->setVisible(!error.detail.empty());
    more_->setChecked(false);
    fold(false);
    show();
    announce(this, to_qt(error.message));
    if (focus) {
        setFocus(Qt::OtherFocusReason);
    }
}

void ErrorView::clear() {
    error_ = {};
    hide();
}

} // namespace tau::ui
