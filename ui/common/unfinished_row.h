#pragma once

#include "ui/common/page.h"
#include "ui/services.h"

namespace tau::ui {

/// One change that was not finished: how far it got, and the three ways on.
class UnfinishedRow : public QWidget {
    Q_OBJECT
public:
    explicit UnfinishedRow(const flow::Unfinished& flow, QWidget* parent = nullptr);

Q_SIGNALS:
    void resume_wanted();
    void undo_wanted();
    void forget_wanted();

private:
    void ask_forget(bool asking);

    QWidget* ways_;
    QWidget* question_;
    QPushButton* forget_;
    QPushButton* keep_;
};

} // namespace tau::ui
