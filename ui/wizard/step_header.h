#pragma once

#include <QStringList>
#include <QWidget>

namespace tau::ui {

/// Where one is in the wizard: a dot and a name a page; pages that are behind have a tick.
class StepHeader : public QWidget {
    Q_OBJECT
public:
    explicit StepHeader(const QStringList& names, QWidget* parent = nullptr);
    void set_current(int index);
    /// All pages are behind.
    void set_finished() { set_current(static_cast<int>(names_.size())); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QStringList names_;
    int current_ = 0;
};

} // namespace tau::ui
