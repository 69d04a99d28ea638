#include "ui/common/theme.h"

#include <QHash>

namespace tau::ui {

namespace {

// Names in braces are filled in below. Roles are dynamic properties, so that a widget says what
// it is and only this file says what that looks like.
constexpr const char* sheet = R"(
* { outline: none; }
QMainWindow, QStackedWidget, QWidget[role="page"] { background: {canvas}; }
QToolTip { background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: {title}pt; font-weight: 600; }
QLabel[role="heading"] { font-size: {heading}pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[tone="muted"], QLabel[role="caption"] { color: {muted}; }
QLabel[role="caption"] { font-size: {table}pt; }
QLabel[tone="good"] { color: {good}; }
QLabel[tone="warn"] { color: {warn}; }
QLabel[tone="bad"] { color: {bad}; }
QLabel[tone="accent"] { color: {accent}; }
QLabel:disabled { color: {off}; }

QFrame[role="card"] { background: {surface}; border: 1px solid {line}; border-radius: {radius}px; }
QFrame[role="rule"] { background: {line}; border: none; min-height: 1px; max-height: 1px; }
QFrame[role="message"] { background: {accent_tint}; border: 1px solid {accent_line}; border-radius: {radius}px; }
QFrame[role="message"][tone="bad"] { background: {bad_tint}; border-color: {bad_line}; }
QFrame[role="message"][tone="warn"] { background: {warn_tint}; border-color: {warn_line}; }
QFrame[role="message"][tone="good"] { background: {good_tint}; border-color: {good_line}; }
QWidget[role="bar"] { background: {surface}; }
QFrame[role="header"] { background: {surface}; border: none; border-bottom: 1px solid {line}; }
QFrame[role="footer"] { background: {surface}; border: none; border-top: 1px solid {line}; }

QLineEdit, QPlainTextEdit, QComboBox { background: {surface}; color: {text}; border: 1px solid {edge};
    border-radius: {radius}px; padding: 4px 8px; selection-background-color: {accent};
    selection-color: {on_accent}; }
QLineEdit, QComboBox { min-height: 20px; }
QLineEdit:hover, QComboBox:hover { border-color: {muted}; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QComboBox:on { border: 2px solid {accent}; padding: 3px 7px; }
QLineEdit[invalid="true"] { border-color: {bad}; }
QLineEdit:disabled, QComboBox:disabled { background: {canvas}; color: {off}; border-color: {line}; }
QComboBox { padding-right: 24px; }
QComboBox:focus, QComboBox:on { padding-right: 23px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/icons/arrow-{scheme}.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: {raised}; color: {text}; border: 1px solid {line};
    padding: 4px; selection-background-color: {accent}; selection-color: {on_accent}; }

QPushButton { background: {surface}; color: {text}; border: 1px solid {edge}; border-radius: {radius}px;
    padding: 4px 14px; min-height: 20px; }
QPushButton:hover { background: {hover}; border-color: {muted}; }
QPushButton:pressed { background: {pressed}; }
QPushButton:focus { border: 2px solid {accent}; padding: 3px 13px; }
QPushButton:disabled { background: {canvas}; color: {off}; border-color: {line}; }
QPushButton[kind="primary"] { background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: {accent_hover}; border-color: {accent_hover}; }
QPushButton[kind="primary"]:pressed { background: {accent_pressed}; }
QPushButton[kind="primary"]:focus { border: 2px solid {text}; }
QPushButton[kind="primary"]:disabled { background: {line}; color: {off}; border-color: {line}; font-weight: 400; }
QPushButton[kind="danger"] { color: {bad}; border-color: {bad_line}; }
QPushButton[kind="danger"]:hover { background: {bad_tint}; border-color: {bad}; }
QPushButton[kind="danger"]:disabled { color: {off}; border-color: {line}; }
QPushButton[kind="danger"]:focus { border-color: {bad}; }
QPushButton[kind="quiet"], QToolButton { background: transparent; border: 1px solid transparent;
    border-radius: {radius}px; padding: 3px 8px; color: {accent}; }
QToolButton { padding: 3px; color: {text}; }
QPushButton[kind="quiet"]:hover, QToolButton:hover { background: {hover}; }
QPushButton[kind="quiet"]:pressed, QToolButton:pressed { background: {pressed}; }
QPushButton[kind="quiet"]:focus { border: 2px solid {accent}; padding: 2px 7px; }
QToolButton:focus { border: 2px solid {accent}; padding: 2px; }
QPushButton[kind="quiet"]:disabled { color: {off}; }
QPushButton[kind="row"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 6px 10px; }
QPushButton[kind="row"]:hover { background: {hover}; }
QPushButton[kind="row"]:focus { border: 2px solid {accent}; padding: 5px 9px; }
QPushButton[kind="quiet"]:checked { background: {accent_tint}; border-color: {accent_line}; }
QPushButton[kind="chip"] { background: {accent_tint}; border: 1px solid {accent_line}; color: {text};
    padding: 1px 8px; min-height: 20px; border-radius: 11px; }
QPushButton[kind="chip"]:hover { background: {selected}; }
QPushButton[kind="chip"]:focus { border: 2px solid {accent}; padding: 0 7px; }
QToolButton[popupMode="2"] { border: 1px solid {edge}; background: {surface}; padding: 4px 22px 4px 10px; min-height: 20px; }
QToolButton[popupMode="2"]:hover { background: {hover}; }
QToolButton[popupMode="2"]:focus { border: 2px solid {accent}; padding: 3px 21px 3px 9px; }
QToolButton::menu-indicator { image: url(:/icons/arrow-{scheme}.svg); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }

QCheckBox { spacing: 8px; border: 2px solid transparent; border-radius: {radius}px; padding: 2px; }
QCheckBox:focus { border-color: {accent}; }
QCheckBox:disabled { color: {off}; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid {edge}; border-radius: 3px; background: {surface}; }
QCheckBox::indicator:hover { border-color: {muted}; }
QCheckBox::indicator:checked { background: {accent}; border-color: {accent}; image: url(:/icons/tick-{scheme}.svg); }

QSlider { min-height: 22px; border: 2px solid transparent; border-radius: {radius}px; }
QSlider:focus { border-color: {accent}; }
QSlider::groove:horizontal { height: 4px; background: {edge}; border-radius: 2px; }
QSlider::sub-page:horizontal { background: {accent}; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
    background: {surface}; border: 2px solid {accent}; }
QSlider::handle:horizontal:hover { background: {accent_tint}; }

QProgressBar { background: {line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: {accent}; border-radius: 2px; }
QProgressBar[tone="good"]::chunk { background: {good}; }
QProgressBar[tone="bad"]::chunk { background: {bad}; }

QTableView, QTreeView, QListWidget { background: {surface}; color: {text}; alternate-background-color: {stripe}; border: 1px solid {line};
    border-radius: {radius}px; padding: 1px; gridline-color: transparent; font-size: {table}pt;
    selection-background-color: {selected}; selection-color: {text}; }
QTableView:focus, QTreeView:focus, QListWidget:focus { border: 2px solid {accent}; padding: 0; }
QTableView::item { padding: 0 8px; border: none; }
QTableView::item:selected, QTreeView::item:selected, QListWidget::item:selected { background: {selected}; color: {text}; }
QTreeView::item, QListWidget::item { padding: 5px 6px; border: none; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url(:/icons/unfold-{scheme}.svg); }
QTreeView::branch:has-children:open { image: url(:/icons/arrow-{scheme}.svg); }
QTreeView::indicator { width: 14px; height: 14px; border: 1px solid {edge}; border-radius: 3px; background: {surface}; }
QTreeView::indicator:checked { background: {accent}; border-color: {accent}; image: url(:/icons/tick-{scheme}.svg); }
QTreeView::indicator:indeterminate { background: {accent_line}; border-color: {accent}; }
QHeaderView { background: {surface}; border: none; border-top-left-radius: {radius}px; border-top-right-radius: {radius}px; }
QHeaderView::section { background: transparent; color: {muted}; border: none; border-bottom: 1px solid {line};
    padding: 5px 8px; font-size: {table}pt; font-weight: 400; }
QTableCornerButton::section { background: {surface}; border: none; }

QTabWidget::pane { border: none; border-top: 1px solid {line}; }
QTabWidget::tab-bar { left: 20px; }
QTabWidget[role="inner"]::tab-bar { left: -2px; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: {muted}; border: none; border-bottom: 2px solid transparent;
    padding: 6px 10px; margin: 0 2px; }
QTabBar::tab:hover { color: {text}; }
QTabBar::tab:selected { color: {text}; border-bottom: 2px solid {accent}; font-weight: 600; }
QTabBar::tab:focus { background: {accent_tint}; }

QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: {edge}; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: {muted}; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: transparent; border: none; width: 0; height: 0; }

QMenuBar { background: {surface}; border-bottom: 1px solid {line}; padding: 2px 4px; }
QMenuBar::item { padding: 4px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: {hover}; }
QMenu { background: {raised}; border: 1px solid {line}; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: {accent}; color: {on_accent}; }
QMenu::item:disabled { color: {off}; }
QMenu::separator { height: 1px; background: {line}; margin: 4px 8px; }
QMenu::indicator { width: 12px; height: 12px; left: 6px; }
QMenu::indicator:checked { image: url(:/icons/dot-{scheme}.svg); }
QMenu::item:checked { padding-left: 12px; }
QStatusBar { background: {surface}; border-top: 1px solid {line}; color: {muted}; }
QStatusBar::item { border: none; }
QSplitter::handle { background: transparent; }
)";

} // namespace

QString stylesheet(const Theme& theme) {
    const Tokens& t = theme.tokens();
    const auto points = [](double size) { return QString::number(size, 'f', 2); };
    const QHash<QString, QString> values{
        {QStringLiteral("canvas"), t.canvas.name()},
        {QStringLiteral("surface"), t.surface.name()},
        {QStringLiteral("raised"), t.raised.name()},
        {QStringLiteral("text"), t.text.name()},
        {QStringLiteral("muted"), t.muted.name()},
        {QStringLiteral("line"), t.line.name()},
        {QStringLiteral("edge"), mix(t.line, t.muted, 0.3).name()},
        {QStringLiteral("off"), mix(t.surface, t.muted, 0.7).name()},
        {QStringLiteral("stripe"), mix(t.surface, t.canvas, 0.6).name()},
        {QStringLiteral("hover"), mix(t.surface, t.text, 0.06).name()},
        {QStringLiteral("pressed"), mix(t.surface, t.text, 0.12).name()},
        {QStringLiteral("selected"), mix(t.surface, t.accent, 0.16).name()},
        {QStringLiteral("accent"), t.accent.name()},
        {QStringLiteral("on_accent"), t.on_accent.name()},
        {QStringLiteral("accent_hover"), mix(t.accent, t.text, 0.12).name()},
        {QStringLiteral("accent_pressed"), mix(t.accent, t.text, 0.24).name()},
        {QStringLiteral("accent_tint"), mix(t.surface, t.accent, 0.08).name()},
        {QStringLiteral("accent_line"), mix(t.surface, t.accent, 0.35).name()},
        {QStringLiteral("good"), t.good.name()},
        {QStringLiteral("good_tint"), mix(t.surface, t.good, 0.08).name()},
        {QStringLiteral("good_line"), mix(t.surface, t.good, 0.35).name()},
        {QStringLiteral("warn"), t.warn.name()},
        {QStringLiteral("warn_tint"), mix(t.surface, t.warn, 0.08).name()},
        {QStringLiteral("warn_line"), mix(t.surface, t.warn, 0.35).name()},
        {QStringLiteral("bad"), t.bad.name()},
        {QStringLiteral("bad_tint"), mix(t.surface, t.bad, 0.06).name()},
        {QStringLiteral("bad_line"), mix(t.surface, t.bad, 0.4).name()},
        {QStringLiteral("radius"), QString::number(space::radius)},
        {QStringLiteral("table"), points(theme.table_points())},
        {QStringLiteral("heading"), points(theme.heading_points())},
        {QStringLiteral("title"), points(theme.title_points())},
        {QStringLiteral("scheme"), t.dark ? QStringLiteral("dark") : QStringLiteral("light")},
    };
    QString text = QString::fromUtf8(sheet);
    for (auto it = values.cbegin(); it != values.cend(); ++it) {
        text.replace(QLatin1Char('{') + it.key() + QLatin1Char('}'), it.value());
    }
    return text;
}

} // namespace tau::ui
